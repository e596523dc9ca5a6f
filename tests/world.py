"""The ground of tests that need whole nodes: a federation of real processes on ports of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psycopg

from tongban import config
from tongban.ops.database_url import with_database
from tongban.ops.databases import Server
from tongban.ops.federation import ALL, Federation, Node
from tongban.ops.postgres import Cluster

T = TypeVar("T")


_BASES = range(20000, 32600, 100)  # below the ports that systems give to outgoing connections


def free_port_base(nodes: Sequence[str] = ALL) -> int:
    """A base on which the ports of all nodes are free just now. Processes begin to look at different ones, so that two
    that look at the same time do not find the same."""
    first = os.getpid() * 7 % len(_BASES)
    for base in (*_BASES[first:], *_BASES[:first]):
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
def federation(
    home: Path, *, nodes: Sequence[str] = ALL, own_server: bool = False, kind: type[Federation] = Federation,
    start: bool = True, **options: Any,
) -> Iterator[Federation]:  # fmt: skip
    """Nodes that run until the end of the block; then their processes and databases are gone.

    They use the server of the test run, with databases of their own copied from a template that is kept. With
    ``own_server`` they start an embedded one, to be killed at will. ``kind``: a federation made otherwise; ``start``
    False: the test prepares and starts them. Other ``options`` as in :class:`Federation`.
    """
    prefix = f"tb{uuid4().hex[:8]}"
    if not own_server:
        common = config.default_home() / "test-shared"
        config.write_private(common / "id", str(uuid4()))
        server_url = with_database(server_address(), "postgres")
        options = {"server_url": server_url, "prefix": prefix, "shared": common, **options}
        options["overrides"] = {"static_root": common / "static", **options.get("overrides", {})}
    made = kind(home, port_base=free_port_base(nodes), nodes=nodes, **{"durable": False, **options})
    try:
        if start:
            made.start()
        yield made
    finally:
        made.stop()
        for cluster in set(made.clusters.values()):
            cluster.destroy()
        if not own_server:
            server = Server(options["server_url"], home, prefix)
            for name in server.databases():
                server.drop(name)


def server_address() -> str:
    """The address of the server of this run: ``TONGBAN_TEST_DATABASE_URL``, else the embedded one, started now.

    Runs at the same time share it; the last one to finish stops it.
    """
    if named := config.variable("TONGBAN_TEST_DATABASE_URL"):
        return named
    cluster = Cluster(config.default_home() / "test-postgres", durable=False)
    if not _servers:
        _servers.append(contextlib.ExitStack())
        _servers[0].enter_context(cluster.in_use())
    return cluster.url(f"tongban_{os.getpid()}")  # runs at the same time must not share a database


def leave_server() -> None:
    """This run needs its server no more."""
    while _servers:
        _servers.pop().close()


_servers: list[contextlib.ExitStack] = []


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


def eventually(look: Callable[[], T], *, seconds: float = 30, at: Iterable[Node] = (), duties: Sequence[str] = ()) -> T:
    """What ``look`` returns as soon as it is truthy; fails after ``seconds`` with what it returned last.

    ``duties``: periodic ones that the workers of the nodes ``at`` do meanwhile again and again, not once a minute.
    """
    deadline, hastened = time.monotonic() + seconds, 0.0
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s; last seen: {found!r}")
        if duties and time.monotonic() > hastened + 1:
            for node in at:
                _make_due(node, duties)
            hastened = time.monotonic()
        time.sleep(0.1)
    return found


def _make_due(node: Node, duties: Sequence[str]) -> None:
    with database(node) as db:
        db.execute(
            "UPDATE journal_periodic SET next_at = now() WHERE name = ANY(%s) AND next_at > now()", [list(duties)]
        )
