"""The ground of tests that need whole nodes: a federation of real processes on ports of its own."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg

from tongban.ops.databases import Server
from tongban.ops.federation import ALL, Federation, Node

T = TypeVar("T")


def free_port_base(nodes: Sequence[str] = ALL) -> int:
    """A base on which the ports of all nodes are free just now."""
    for base in range(21000, 60000, 100):
        with contextlib.ExitStack() as stack:
            try:
                for node in nodes:
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", base + int(node)))
            except OSError:
                continue
            return base
    raise RuntimeError("no free ports")


@contextlib.contextmanager
def federation(home: Path, *, nodes: Sequence[str] = ALL, server_url: str = "", **options: Any) -> Iterator[Federation]:
    """Nodes that run until the end of the block; then their processes and databases are gone.

    ``options`` as in :class:`Federation`. With ``server_url`` the databases live there under a prefix of their own.
    """
    prefix = f"tb{uuid4().hex[:8]}" if server_url else "tongban"
    made = Federation(home, port_base=free_port_base(nodes), nodes=nodes, server_url=server_url, prefix=prefix,
                      **{"durable": False, **options})  # fmt: skip
    try:
        made.start()
        yield made
    finally:
        made.stop()
        for cluster in set(made.clusters.values()):
            cluster.destroy()
        if server_url:
            _remove_from(Server(server_url, home / "roles", prefix))


def _remove_from(server: Server) -> None:
    for database in server.databases():
        server.drop(database)
    with psycopg.connect(server.admin_url, autocommit=True) as db:
        for role in (server.owner, server.app):
            db.execute(f'DROP ROLE IF EXISTS "{role}"')


@contextlib.contextmanager
def database(node: Node) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection to the node's database with the owner's role, for looking at rows from outside."""
    with psycopg.connect(node.config.owner_database_url, autocommit=True) as connection:
        yield connection


def count(node: Node, table: str, where: str = "true", *values: object) -> int:
    """How many rows of ``table`` at this node fulfil ``where`` (SQL with ``%s``)."""
    with database(node) as db:
        row = db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()  # type: ignore[arg-type]
        assert row is not None
        return int(row[0])


def eventually(look: Callable[[], T], *, seconds: float = 30) -> T:
    """What ``look`` returns as soon as it is truthy; fails after ``seconds`` with what it returned last."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s; last seen: {found!r}")
        time.sleep(0.1)
    return found
