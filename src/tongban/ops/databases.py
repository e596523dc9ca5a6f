"""The databases of nodes on one server: roles, templates, grants.

Two roles share the work (decision 17): the owner makes and changes tables; the application reads and writes rows and
can neither alter the schema nor change or remove rows of the tables that an ``AppConfig`` lists in ``append_only``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from tongban.config import Config, write_private
from tongban.ops.database_url import with_database, with_role
from tongban.ops.postgres import Cluster

_READ_ONLY = ("django_migrations",)


@dataclass(frozen=True, slots=True)
class Server:
    """A server on which we may create databases. ``home`` keeps the passwords of the two roles.

    ``prefix`` starts the names of roles and databases, so that several installations can share a server;
    ``role_prefix`` those of the roles, where they differ. Where the given user may not create roles, it plays both
    parts (``separate`` is then False).
    """

    admin_url: str
    home: Path
    prefix: str = "tongban"
    separate: bool = True
    role_prefix: str = ""

    def name(self, node: str) -> str:
        return f"{self.prefix}_{node}".replace("-", "_").replace(".", "_")

    @property
    def owner(self) -> str:
        if not self.separate:
            return unquote(urlsplit(self.admin_url).username or "")
        return f"{self.role_prefix or self.prefix}_owner"

    @property
    def app(self) -> str:
        return f"{self.role_prefix or self.prefix}_app" if self.separate else self.owner

    def owner_url(self, database: str) -> str:
        return self._url(database, self.owner)

    def app_url(self, database: str) -> str:
        return self._url(database, self.app)

    def _url(self, database: str, role: str) -> str:
        url = with_database(self.admin_url, database)
        return with_role(url, role, (self.home / f"{role}.password").read_text()) if self.separate else url

    def prepared(self) -> Server:
        """The same server with both roles in place; idempotent."""
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            may = db.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
            if may is None or not may[0]:
                return replace(self, separate=False)
            # roles belong to the server, not to a database; two programs at once: "tuple concurrently updated"
            db.execute("SELECT pg_advisory_lock(hashtext('tongban.roles'))")
            for role in (self.owner, self.app):
                file = self.home / f"{role}.password"
                write_private(file, secrets.token_urlsafe(24))
                known = db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                db.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.Literal(file.read_text())
                    )
                )
            db.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(self.owner)))
        return self

    def databases(self) -> set[str]:
        """The names of existing databases that start with the prefix."""
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            rows = db.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix + "_"])
            return {row[0] for row in rows}

    def create(self, database: str, *, template: str | None = None) -> None:
        """Create a database owned by the owner role; with ``template`` as a copy of that one (nobody connected)."""
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(database), sql.Identifier(self.owner), sql.Identifier(template or "template0")
        )
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            db.execute(statement)
            db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
            db.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(database), sql.Identifier(self.app)
                )
            )

    def exists(self, database: str) -> bool:
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            return db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None

    def rename(self, database: str, to: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(to)))

    def drop(self, database: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def grant(owner_url: str, app: str, append_only: Iterable[str]) -> None:
    """Give the application role exactly what it needs, in the database at ``owner_url``; after every migration.

    ``append_only``: names of tables whose rows the application may add and read, never change or remove.
    """
    role = sql.Identifier(app)
    with psycopg.connect(owner_url) as db:
        row = db.execute("SELECT current_user").fetchone()
        if row is None or row[0] == app:
            return  # one role plays both parts
        db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            db.execute(sql.SQL(statement).format(role))
        for table in append_only:
            db.execute(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role))
        for table in _READ_ONLY:
            db.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), role))


def resolve(cfg: Config) -> Config:
    """The configuration with a database that answers: the given one, or else the embedded one, started if need be."""
    if cfg.database_url:
        return cfg
    cluster = Cluster(cfg.home / "postgres")
    cluster.start()
    server = Server(cluster.url(), cfg.home / "postgres").prepared()
    name = server.name(cfg.node_id)
    if name not in server.databases():
        server.create(name)
    return replace(cfg, database_url=server.app_url(name), owner_database_url=server.owner_url(name))
