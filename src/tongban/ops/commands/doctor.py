"""Five checks of this installation, each with its remedy: Python, PostgreSQL, keys, ports, the running nodes."""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from tongban.config import default_home, variable

Answer = tuple[bool, str, str]
"""Whether all is well, what was found, and what to do if it is not."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, default=Path(variable("TONGBAN_HOME") or default_home()),
                        help="folder of the demo or node (variable TONGBAN_HOME)")  # fmt: skip
    parser.add_argument("--port-base", type=int, default=int(variable("PORT_BASE") or 8000))


def run(args: argparse.Namespace) -> int:
    checks: list[tuple[str, Callable[[], Answer]]] = [
        ("program", program),
        ("database", lambda: database(args.home)),
        ("keys", lambda: keys(args.home)),
        ("ports", lambda: ports(args.home, args.port_base)),
        ("nodes", lambda: nodes(args.home)),
    ]
    bad = 0
    for name, check in checks:
        ok, found, remedy = check()
        print(f"{'ok ' if ok else 'BAD'} {name:<9} {found}")
        if not ok:
            bad += 1
            print(f"    {'':<9} → {remedy}")
    return 1 if bad else 0


def program() -> Answer:
    """The Python and the packages that came with it."""
    import importlib.util

    version = ".".join(map(str, sys.version_info[:3]))
    missing = [
        name for name in ("django", "psycopg", "granian", "tongban_wire") if importlib.util.find_spec(name) is None
    ]
    if missing:
        return False, f"packages are missing: {', '.join(missing)}", "remove .venv and call make again"
    vendor = Path(__file__).resolve().parents[2] / "ui" / "static" / "vendor"
    if not (vendor / "base.css").exists():
        return False, "the front-end packages are missing", "make frontend"
    return True, f"Python {version}, packages and front-end files are in place", ""


def database(home: Path) -> Answer:
    """A server that answers: the one named in DATABASE_URL, or binaries to start one."""
    import psycopg

    from tongban.ops.database_url import without_password
    from tongban.ops.postgres import Cluster, NoServer, find_binaries, find_identity

    if url := variable("DATABASE_URL"):
        try:
            with psycopg.connect(url, connect_timeout=5) as db:
                major = db.info.server_version // 10000
        except psycopg.OperationalError as error:
            return False, f"{without_password(url)}: {str(error).strip()[:200]}", "start it, or correct DATABASE_URL"
        return major >= 15, f"PostgreSQL {major} at {without_password(url)}", "PostgreSQL 15 or newer is needed"
    try:
        cluster = Cluster(home / "postgres")
        binaries = find_binaries()
        find_identity(binaries, cluster.data)
    except NoServer as error:
        return False, "no PostgreSQL can be started", str(error)
    state = f"running as process {cluster.pid()}" if cluster.pid() else "not running"
    return True, f"PostgreSQL {binaries.major} from {binaries.folder}, {state}", ""


def keys(home: Path) -> Answer:
    """Key files exist and nobody else can read them."""
    folders = [f for f in sorted((home / "nodes").glob("*")) if f.is_dir()] or [home]
    wanted = ("signing.key", "sealing.key", "secret.key")
    open_to_others = [k for f in folders for k in f.glob("*.key") if k.stat().st_mode & 0o077]
    if open_to_others:
        paths = " ".join(map(str, open_to_others))
        return False, f"others can read {len(open_to_others)} key files", f"chmod 600 {paths}"
    missing = [str(f / name) for f in folders for name in wanted if not (f / name).exists()]
    if missing:
        remedy = "`make run` or `tongban init` makes a new one; restore a lost sealing key from your backup"
        return False, f"{missing[0]} is missing", remedy
    return True, f"{len(folders)} × {len(wanted)} key files, private", ""


def ports(home: Path, base: int) -> Answer:
    """The demo's ports are free, or ours."""
    from tongban.ops.demo_nodes import NODES

    running = {port for port, _ in _answering(home).values()}
    taken = []
    for plan in NODES:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", base + int(plan.node)))
            except OSError:
                if base + int(plan.node) not in running:
                    taken.append(str(base + int(plan.node)))
    remedy = f"stop that program, or choose other ports: PORT_BASE={base + 1000} make run"
    return not taken, f"taken by another program: {', '.join(taken)}" if taken else "free or our own", remedy


def nodes(home: Path) -> Answer:
    """Every node that was set up answers and is ready."""
    from tongban.ops.absent import is_away
    from tongban.ops.boot import NODE_FILE

    made = sorted(file.parent.name for file in (home / "nodes").glob(f"*/{NODE_FILE}"))
    if not made:
        return True, "none set up yet", ""
    states = _answering(home)
    if not states:
        return True, f"{len(made)} are set up, none is running", ""
    bad = [f"node {node}: {state}" for node, (_, state) in states.items() if state != "ok"]
    silent = [node for node in made if node not in states]
    away = [node for node in silent if is_away(home, node)]
    bad += [f"node {node} was taken away" if node in away else f"node {node} does not answer" for node in silent]
    remedies = [f"`tongban start {node}` brings it back" for node in away]
    if len(bad) > len(away):
        remedies.append(f"read the logs in {home / 'logs'}")
    return not bad, "; ".join(bad) or f"all {len(made)} are ready", "; ".join(remedies)


def _answering(home: Path) -> dict[str, tuple[int, str]]:
    """Node → port and state, of the demo's nodes that answer."""
    import json

    from tongban import config as configuration
    from tongban.ops.boot import NODE_FILE
    from tongban.ops.federation import readiness

    found = {}
    for file in sorted((home / "nodes").glob(f"*/{NODE_FILE}")):
        cfg = configuration.read(json.loads(file.read_text()))
        state = readiness(cfg)
        if state != "not answering":
            found[file.parent.name] = (cfg.port, state)
    return found
