"""Search at 400,000 implementations and eight users at once, and what public pages cost: ``python -m bench.search``.

A node (44) with its own database and web processes; the catalog's versions are copied to invented owners until the
table holds ``--implementations`` rows with nothing in them but what the search could read (the entries that
are searched stay the 138). Then clients over kept connections
ask ``/search`` with phrases of tests/search/queries.yaml, first each with a pause of a second between answers and the
next question (users), then without any pause (saturation). Printed: p50, p95, answers a second, sizes of tables and
indexes, CPU per answer of the web processes and of the database, time of the ranking alone. Goal: p95 ≤ 50 ms for
both. Then every kind of public page, one reader, with its limits (``bench.page_costs``); ``--pages`` alone skips the rest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import yaml

from bench import machine, page_costs
from bench.intake import _free_ports, _wait
from bench.page_client import load
from tongban.items.rules.search.data import index_of_files
from tongban.ops.databases import Server
from tongban.ops.federation import Federation

GOAL = 50.0
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--implementations", type=int, default=400_000)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--server", default="")
    parser.add_argument("--pages", action="store_true", help="only what pages cost")
    args = parser.parse_args()
    _ranking_alone()
    prefix = f"tongban_search{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="tongban-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        federation = Federation(
            Path(folder), port_base=_free_ports(), nodes=("00", "44", "63"), server_url=args.server,
            prefix=prefix, durable=False, say=lambda line: print(f"  {line}", flush=True),
        )  # fmt: skip
        try:
            federation.prepare()
            return _run(args, federation)
        finally:
            federation.stop()
            if args.server:
                server = Server(args.server, Path(folder), prefix)
                for name in server.databases():
                    server.drop(name)


def _ranking_alone() -> None:
    index, _names = index_of_files(ROOT / "data")
    texts = _phrases()[:200]
    for text in texts[:20]:
        index.search(text)
    started = time.process_time()
    for text in texts:
        index.search(text, limit=10)
    print(f"ranking alone: {1000 * (time.process_time() - started) / len(texts):.2f} ms of CPU a query, 138 entries")


def _phrases() -> list[str]:
    raw = yaml.safe_load((ROOT / "tests/search/queries.yaml").read_text("utf-8"))
    return [text for texts in raw["phrases"].values() for text in texts]


def _run(args: argparse.Namespace, federation: Federation) -> int:
    node = federation["44"]
    with psycopg.connect(node.config.owner_database_url, autocommit=True) as db:
        started = time.perf_counter()
        db.execute(
            "INSERT INTO items_implementation (owner, code, version, digest, entry_key, valid_from, valid_to, content)"
            " SELECT 'x' || n, i.code, i.version, i.digest || ':x' || n, i.entry_key, i.valid_from, i.valid_to,"
            " jsonb_build_object('filable', i.content -> 'filable', 'modes', i.content -> 'modes')"
            " FROM (SELECT * FROM items_implementation WHERE owner = '44') i,"
            " generate_series(1, %s / (SELECT count(*) FROM items_implementation WHERE owner = '44')) n",
            [args.implementations],
        )
        db.execute("UPDATE items_catalog_state SET token = 'bench'")
        db.execute("ANALYZE items_implementation")
        count, table, indexes = db.execute(
            "SELECT (SELECT count(*) FROM items_implementation), pg_size_pretty(pg_table_size('items_implementation')),"
            " pg_size_pretty(pg_indexes_size('items_implementation'))"
        ).fetchone()  # type: ignore[misc]
        took = time.perf_counter() - started
    print(f"{count} implementations (made in {took:.0f} s), table {table}, indexes {indexes}")
    node.web.words = ("web", "--processes", str(args.processes))
    node.start_web()
    _wait(node)
    order = {
        "host": node.config.bind,
        "port": node.config.port,
        "users": args.users,
        "seconds": 4.0,
        "pause": 0.0,
        "paths": ["/search?here=440305&there=630100&q=" + quote(t) for t in _phrases()],
    }
    database = page_costs.server_of(node.config.owner_database_url)
    roots = {"web": node.web.pid, "database": database}
    worst = 0.0
    if not args.pages:
        first = load({**order, "users": 1, "seconds": 0.1})
        print(f"first answer of a process (reads the catalog, builds the index): {max(first['ms']):.0f} ms")
        load(order)
        calm = _measured("users who pause a second", roots, {**order, "seconds": args.seconds, "pause": 1.0})
        worst = max(calm, _measured("no pause", roots, {**order, "seconds": args.seconds}))
        print(f"p95 {calm:.1f} ms with pauses, worst {worst:.1f} ms; goal {GOAL:.0f} ms:"
              f" {'reached' if worst <= GOAL else 'reached with pauses only' if calm <= GOAL else 'MISSED'}")  # fmt: skip
    over = page_costs.table("pages of a province's node", page_costs.PROVINCE, node.config.bind, node.config.port,
                            node.web.pid, database)  # fmt: skip
    node.stop_web()
    top = federation["00"]
    top.start_web()
    _wait(top)
    over += page_costs.table("pages of the national platform", page_costs.NATIONAL, top.config.bind, top.config.port,
                             top.web.pid, database)  # fmt: skip
    print(f"pages over a limit: {over or 'none'}")
    return 0 if worst <= GOAL and not over else 1


def _measured(name: str, roots: dict[str, int], order: dict[str, Any]) -> float:
    before, started = machine.now(roots), time.perf_counter()
    found = load(order)
    after, seconds = machine.now(roots), time.perf_counter() - started
    ms = sorted(found["ms"])
    spent = {tree: after.trees[tree] - before.trees[tree] for tree in roots}
    each = ", ".join(f"{1000 * seconds_ / len(ms):.1f} ms CPU of the {tree}" for tree, seconds_ in spent.items())
    busy = 100 * (after.busy - before.busy - sum(spent.values())) / seconds
    p95 = ms[min(len(ms) - 1, int(0.95 * len(ms)))]
    print(
        f"{name}: {len(ms)} answers, p50 {statistics.median(ms):.1f} ms, p95 {p95:.1f} ms,"
        f" {len(ms) / found['seconds']:.0f}/s, {each} an answer; everything else took {busy:.0f} % of a core,"
        f" stolen {100 * (after.stolen - before.stolen) / seconds:.0f} %; statuses {found['statuses']}",
        flush=True,
    )
    return p95


if __name__ == "__main__":
    raise SystemExit(main())
