"""Messages per second from a committed fact at A to the applied fact at B: ``python -m bench.exchange``.

Two nodes (44 and 63) as real processes with a database each, all on this machine. Facts with bodies of 2 KB are
committed at A while its worker is held; then the clock runs from its release to the last applied fact
at B: sign, POST, verify, store, receipt, apply, all durable on both sides. In the same run, in turn:

(a) a minimal hand-written signed pipe (``bench/exchange_pipe.py``) that writes the same rows and applies the same fact,
    message by message without batching, one commit a side, several threads; and
(b) the floor: sign, verify and two commits, one after the other.

Then the latency of single messages on an otherwise idle system. fsync, full_page_writes and synchronous_commit are
printed and required. Bounded in count and time.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import machine
from bench.processes import ask, free_base, free_port, held, running, say, wait_for
from tongban.ops.federation import Federation

WANTED = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
A, B = "44", "63"
P50_GOAL, P95_GOAL = 60.0, 150.0
LONGEST = 180.0
"""Seconds after which a pass is given up."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="messages per pass")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--singles", type=int, default=60, help="single messages for the latency; 0: none")
    parser.add_argument("--pipe-threads", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--server", default="", help="PostgreSQL where databases may be created; else the embedded one")
    parser.add_argument("--home", type=Path, help="keep the databases here (default: a temporary folder)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongban-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        federation = Federation(
            args.home or Path(folder),
            port_base=free_base((0, int(A), int(B))),
            nodes=("00", A, B),
            server_url=args.server,
            prefix="tongban_bench",
            say=lambda line: print(f"  {line}", flush=True),
        )
        try:
            federation.prepare()
            return Bench(args, federation).run()
        finally:
            federation.stop()


class Bench:
    def __init__(self, args: argparse.Namespace, federation: Federation) -> None:
        self.args = args
        self.a, self.b = federation[A], federation[B]
        self.a_db = psycopg.connect(self.a.config.owner_database_url, autocommit=True)
        self.b_db = psycopg.connect(self.b.config.owner_database_url, autocommit=True)
        backend = self.b_db.execute("SELECT pg_backend_pid()").fetchone()[0]  # type: ignore[index]
        self.postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        self.caught = 0

    def run(self) -> int:
        with psycopg.connect(self.b.config.database_url) as db:
            found = {n: db.execute(f"SHOW {n}").fetchone()[0] for n in (*WANTED, "server_version")}  # type: ignore[index]
        print("database:", ", ".join(f"{name} {value}" for name, value in found.items()))
        if any(found[name] != value for name, value in WANTED.items()):
            print("refused: these figures mean nothing without fsync, full_page_writes and synchronous_commit on")
            return 2
        self.b.start_web()
        deadline = time.monotonic() + 120
        while self.b.readiness() not in ("ok", "degraded"):
            if time.monotonic() > deadline:
                raise RuntimeError(self.b.web.tail())
            time.sleep(0.2)
        figures: dict[str, list[dict[str, float]]] = {}
        with self._teller() as teller, self._worker(self.a) as self.sending, self._worker(self.b) as self.applying:
            for process in (self.applying, self.sending):
                say(process, "go")
            self._ours(teller, 200)  # caches, connections, plans
            for number in range(self.args.rounds):
                self._note(figures, "exchange", self._ours(teller, self.args.messages))
                for threads in self.args.pipe_threads:
                    self._note(figures, f"pipe x{threads}", self._pipe(teller, self.args.messages, threads, number))
                self._note(figures, "floor", self._floor(self.args.messages))
            latencies = self._singles(teller, self.args.singles) if self.args.singles else []
        return self._verdict(figures, latencies)

    # --- passes -------------------------------------------------------------------------------------------------
    def _ours(self, teller: subprocess.Popen[str], count: int) -> dict[str, float]:
        """Workers that have run for a while; A's stands still (SIGSTOP) while the facts are committed."""
        roots = {"A worker": self.sending.pid, "B web": self.b.web.pid, "B worker": self.applying.pid,
                 "database": self.postmaster}  # fmt: skip
        goal = self._applied() + count
        with held(self.sending):
            ask(teller, str(count))
            written, commits = self._written(), self._commits()
            before = machine.now(roots)
            started = time.monotonic()
        while self._applied() < goal:
            if time.monotonic() - started > LONGEST:
                raise RuntimeError(f"{goal - self._applied()} of {count} not applied after {LONGEST} s")
            time.sleep(0.05)
        seconds = time.monotonic() - started
        after = machine.now(roots)
        waiting = "SELECT count(*) FROM exchange_outbound WHERE state <> 'delivered'"
        while self.a_db.execute(waiting).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.05)  # the receipts of the last batch
        found = _figures(count, seconds, before, after)
        found["log kB"] = (self._written() - written) / 1000 / count
        time.sleep(1.5)  # the database's own counts come a second late
        found["commits"] = (self._commits() - commits) / count
        return found

    def _written(self) -> int:
        """Bytes of the database's log so far."""
        row = self.b_db.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").fetchone()
        return int(row[0])  # type: ignore[index]

    def _commits(self) -> int:
        """Of both nodes, reading ones too; those of this bench's own looking (twenty a second) are among them."""
        row = self.b_db.execute("SELECT sum(xact_commit) FROM pg_stat_database").fetchone()
        return int(row[0])  # type: ignore[index]

    def _pipe(self, teller: subprocess.Popen[str], count: int, threads: int, number: int) -> dict[str, float]:
        port = free_port()
        serving = self._program("bench.exchange_pipe", "serve", str(port), ready=False)
        with held(self.sending), held(self.applying), serving as server:
            ask(teller, str(count))
            wait_for(port)
            with self._program("bench.exchange_pipe", "send", str(port), str(threads)) as sender:
                roots = {"sender": sender.pid, "receiver": server.pid, "database": self.postmaster}
                before = machine.now(roots)
                started = time.monotonic()
                ended = float(ask(sender, "go"))
                after = machine.now(roots)
        return _figures(count, ended - started, before, after)

    def _floor(self, count: int) -> dict[str, float]:
        with self._program("bench.exchange_pipe", "floor", str(count)) as process:
            roots = {"process": process.pid, "database": self.postmaster}
            before = machine.now(roots)
            started = time.monotonic()
            ended = float(ask(process, "go"))
            return _figures(count, ended - started, before, machine.now(roots))

    def _singles(self, teller: subprocess.Popen[str], count: int) -> list[float]:
        """Milliseconds from the commit of a fact at A to the commit of the applied fact at B, one at a time."""
        found = []
        time.sleep(2)
        with psycopg.connect(self.b.config.owner_database_url, autocommit=True) as listener:
            listener.execute("LISTEN tongban_jobs")
            for number in range(count + 5):
                goal = self._applied() + 1
                started = float(ask(teller, "1"))
                while self._applied() < goal:
                    select.select([listener.fileno()], [], [], 0.5)
                    for _ in listener.notifies(timeout=0):
                        pass
                    if time.monotonic() - started > 30:
                        raise RuntimeError("a single message did not arrive in 30 s")
                if number >= 5:
                    found.append((time.monotonic() - started) * 1000)
                time.sleep(0.15)
        return found

    def _applied(self) -> int:
        row = self.b_db.execute(
            "SELECT count(*) FROM exchange_inbound WHERE state = 'applied' AND kid <> 'pipe'"
        ).fetchone()
        return int(row[0])  # type: ignore[index]

    # --- processes ----------------------------------------------------------------------------------------------
    @contextmanager
    def _teller(self) -> Iterator[subprocess.Popen[str]]:
        with running(self.a.config.environment(), "bench.exchange_node", "tell", B) as process:
            yield process

    @contextmanager
    def _worker(self, node: Any) -> Iterator[subprocess.Popen[str]]:
        with running(node.config.environment(), "bench.exchange_node", "worker") as process:
            yield process

    @contextmanager
    def _program(self, module: str, *words: str, ready: bool = True) -> Iterator[subprocess.Popen[str]]:
        order = {
            "a": self.a.config.owner_database_url,
            "b": self.b.config.owner_database_url,
            "sender": A,
            "receiver": B,
        }
        with running({"PIPE_ORDER": json.dumps(order)}, module, *words, ready=ready) as process:
            yield process

    # --- telling ------------------------------------------------------------------------------------------------
    @staticmethod
    def _note(figures: dict[str, list[dict[str, float]]], name: str, found: dict[str, float]) -> None:
        figures.setdefault(name, []).append(found)
        parts = ", ".join(
            f"{key.removeprefix('cpu ')} {value:.2f}" for key, value in found.items() if key.startswith("cpu ")
        )
        more = "".join(f"   {key} a message {found[key]:.2f}" for key in ("log kB", "commits") if key in found)
        print(f"  {name:<10} {found['per_second']:7.0f}/s   CPU ms a message: {parts}{more}   foreign load "
              f"{found['foreign']:.2f} cores, stolen {found['stolen']:.2f}", flush=True)  # fmt: skip

    def _verdict(self, figures: dict[str, list[dict[str, float]]], latencies: list[float]) -> int:
        medians = {name: statistics.median(f["per_second"] for f in found) for name, found in figures.items()}
        pipe = max(value for name, value in medians.items() if name.startswith("pipe"))
        ours, floor = medians["exchange"], medians["floor"]
        ratios = [
            f["per_second"] / max(figures[name][i]["per_second"] for name in figures if name.startswith("pipe"))
            for i, f in enumerate(figures["exchange"])
        ]
        print(f"exchange {ours:.0f}/s; (a) hand-written pipe {pipe:.0f}/s; (b) sign+verify+two commits {floor:.0f}/s")
        print(f"exchange / (a): {ours / pipe:.2f} (by round {', '.join(f'{r:.2f}' for r in ratios)}); "
              f"exchange / (b): {ours / floor:.2f}")  # fmt: skip
        cpu = {name: statistics.median(f["cpu total"] for f in found) for name, found in figures.items()}
        least = min(value for name, value in cpu.items() if name.startswith("pipe"))
        print(f"CPU a message, all processes and databases: exchange {cpu['exchange']:.2f} ms, (a) {least:.2f} ms, "
              f"{least / cpu['exchange']:.2f} times as much; two signatures made and two checked are {signatures():.2f} ms of "
              "either")  # fmt: skip
        good = ours >= pipe
        print(
            f"goal at least (a): {'reached' if good else 'MISSED'}; aim 2 x (a): {'reached' if ours >= 2 * pipe else 'missed'}"
        )
        if latencies:
            cuts = statistics.quantiles(latencies, n=20)
            p50, p95 = cuts[9], cuts[18]
            fast = p50 <= P50_GOAL and p95 <= P95_GOAL
            print(f"single message, idle system, {len(latencies)} measured: p50 {p50:.0f} ms (goal {P50_GOAL:.0f}), "
                  f"p95 {p95:.0f} ms (goal {P95_GOAL:.0f}), most {max(latencies):.0f} ms: "
                  f"{'reached' if fast else 'MISSED'}; load average {os.getloadavg()[0]:.1f}")  # fmt: skip
            good = good and fast
        if self.args.json:
            self.args.json.write_text(json.dumps({"passes": figures, "latency_ms": latencies}, indent=1))
        return 0 if good else 1


def signatures(times: int = 300) -> float:
    """CPU milliseconds of what no exchange can do without: message and receipt signed once and checked once each."""
    key, data = Ed25519PrivateKey.generate(), b"x" * 3000
    started = time.process_time()
    for _ in range(times):
        for text in (data, data[:600]):
            key.public_key().verify(key.sign(text), text)
    return (time.process_time() - started) * 1000 / times


def _figures(count: int, seconds: float, before: machine.Moment, after: machine.Moment) -> dict[str, float]:
    cpu = {f"cpu {name}": (after.trees[name] - used) * 1000 / count for name, used in before.trees.items()}
    ours = sum(after.trees[name] - used for name, used in before.trees.items())
    return {
        "per_second": count / seconds, "seconds": seconds, **cpu, "cpu total": sum(cpu.values()),
        "foreign": max(0.0, after.busy - before.busy - ours) / seconds, "stolen": (after.stolen - before.stolen) / seconds,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
