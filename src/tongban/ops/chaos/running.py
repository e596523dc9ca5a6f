"""One run: start, file and review, break by plan, heal, wait for rest, audit, tell."""

from __future__ import annotations

import heapq
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tongban.ops.children import environment
from tongban.ops.postgres import NoServer

from .audit import Findings, compare, table
from .faults import Fault
from .ground import DISK_MB, Ground
from .load import Hands, Load, Story
from .papers import compare_papers, digest_of_picture

REST_SECONDS: Final = 300.0
"""The longest pause of the product is a minute; after so many seconds of healing nothing may be under way."""


@dataclass
class Run:
    """``story`` and ``faults`` as planned from the seed. ``run()`` returns the findings and says the counts."""

    ground: Ground
    plan: Sequence[Story]
    faults: Sequence[Fault]
    say: Callable[[str], object]
    seed: int = 0
    done: Counter[str] = field(default_factory=Counter)
    not_run: Counter[str] = field(default_factory=Counter)
    offsets: dict[str, int] = field(default_factory=dict)
    _healing: list[tuple[float, int, str, str]] = field(default_factory=list)

    def run(self) -> Findings:
        began = time.monotonic()
        self.ground.start()
        nodes = list(self.ground.nodes)
        logs = self.ground.logs
        self.hands = {
            (node, part): Hands(node, self.ground[node].config.environment(), logs / f"{node}-{part}.log")
            for node in nodes for part in ("people", "desk")
        }  # fmt: skip
        self.load = Load(self.hands, self.plan, self.say)
        try:
            self.load.start()
            self._break_things()
            self._heal_everything()
            healed = time.monotonic()
            self._wait_for_rest(nodes)
            rested = time.monotonic()
            self.say(f"at rest {rested - healed:.1f} s after the last fault was healed")
            self.load.stop()
            findings = self._audit(nodes)
        finally:
            self.load.stop()
            for hands in self.hands.values():
                hands.close()
        self._tell(findings, time.monotonic() - began, rested - healed)
        return findings

    # --- breaking -------------------------------------------------------------------------------------------------
    def _break_things(self) -> None:
        for number, fault in enumerate(self.faults, start=1):
            self.load.allowed = max(1, len(self.plan) * number // len(self.faults))
            self._impose(number, fault)
            until = time.monotonic() + fault.pause
            while time.monotonic() < until:
                self._tick()
                time.sleep(0.05)
            if number % 20 == 0:
                self.say(f"{number} faults, {len(self.load.acknowledged)} filings acknowledged")
        while not self.load.all_filed and not self.load.trouble:
            self.load.allowed = len(self.plan)
            self._tick()
            time.sleep(0.1)

    def _impose(self, number: int, fault: Fault) -> None:
        node, kind = self.ground[fault.node], fault.kind
        self.done[kind] += 1
        if kind.startswith("net "):
            self.ground.gateways[fault.node].impose(kind[4:])
        elif kind == "kill web":
            node.kill_web()
        elif kind == "kill worker":
            node.kill_worker()
        elif kind in ("kill database", "kill during recovery"):
            self.ground.clusters[fault.node].kill()
        elif kind == "power cut":
            node.kill()
            self.ground.clusters[fault.node].kill()
        elif kind == "shift clock":
            self._shift(fault.node, fault.amount)
        elif kind == "fill disk" and not (self.ground.disk and self.ground.fill_disk()):
            self.done[kind] -= 1
            self.not_run[kind] += 1
        heapq.heappush(self._healing, (time.monotonic() + fault.lasts, number, kind, fault.node))

    def _shift(self, name: str, seconds: int) -> None:
        """A clock that jumps: the node's processes are killed and come back with it, its people's too."""
        node = self.ground[name]
        self.offsets[name] = seconds
        for child in node.children:
            child.kill()
            child.env["TONGBAN_CLOCK_OFFSET_SECONDS"] = str(seconds)
        for (where, _), hands in self.hands.items():
            if where == name:
                hands.env["TONGBAN_CLOCK_OFFSET_SECONDS"] = str(seconds)
                hands.kill()

    def _tick(self) -> None:
        while self._healing and self._healing[0][0] <= time.monotonic():
            _, _, kind, node = heapq.heappop(self._healing)
            self._heal(kind, node)
        for each in self.ground.nodes.values():
            for child in each.children:
                if child.wanted and not child.running:
                    child.start()

    def _heal(self, kind: str, name: str) -> None:
        if kind.startswith("net "):
            self.ground.gateways[name].heal(kind[4:])
        if kind == "fill disk":
            self.ground.free_disk()
        if kind in ("kill database", "kill during recovery", "power cut", "fill disk"):
            self._start_database(name)
        if kind == "kill during recovery":
            self.ground.clusters[name].kill()
            self.ground[name].kill()
            self._start_database(name)
        self.ground[name].start()

    def _start_database(self, name: str) -> None:
        try:
            self.ground.clusters[name].start()
        except NoServer as error:  # a full disk: tried again when that is healed
            self.say(f"database of {name} does not start yet: {str(error)[-120:]!r}")

    # --- healing --------------------------------------------------------------------------------------------------
    def _heal_everything(self) -> None:
        self._healing.clear()
        for gateway in self.ground.gateways.values():
            gateway.heal()
        self.ground.free_disk()
        for name, node in self.ground.nodes.items():
            self.ground.clusters[name].start()
            node.start()
        for node in self.ground.nodes.values():
            node.wait_until_ready()

    def _wait_for_rest(self, nodes: Sequence[str]) -> None:
        """Nothing under way at any node and nobody with anything to do, three looks in a row."""
        end, calm = time.monotonic() + REST_SECONDS, 0
        state: dict[str, Any] = {}
        while calm < 3:
            state = {node: self.hands[node, "people"].ask("quiet") for node in nodes}
            at_rest = all("done" in s and not any(v for k, v in s["done"].items() if "parked" not in k)
                          for s in state.values())  # fmt: skip
            calm = calm + 1 if at_rest and self.load.idle_for() > 2 else 0
            if time.monotonic() > end:
                self.say(f"no rest within {REST_SECONDS:.0f} s: {state}")
                return
            self._tick()
            time.sleep(0.5)

    # --- telling --------------------------------------------------------------------------------------------------
    def _audit(self, nodes: Sequence[str]) -> Findings:
        books, parked, chains = {}, [], []
        for node in nodes:
            answer = self.hands[node, "people"].ask("books")
            if "done" not in answer:
                raise RuntimeError(f"the books of node {node} cannot be read: {answer}")
            books[node] = answer["done"]
            quiet = self.hands[node, "people"].ask("quiet")["done"]
            parked += [f"node {node}: {name} {n:.0f}" for name, n in quiet.items() if "parked" in name and n]
            chains.append((node, self._chains(node)))
        owners = {number: (story.node, story.owner) for number, story in self.load.acknowledged.items()}
        findings = compare(owners, books)
        papers = {number: (story.node, story.owner, digest_of_picture(story.words["paper"]))
                  for number, story in self.load.acknowledged.items() if "paper" in story.words}  # fmt: skip
        compare_papers(papers, books, findings)
        findings.parked += parked
        findings.open += self.load.trouble
        for node, (code, words) in chains:
            counted = dict(zip(words.split()[-6::2], words.split()[-5::2], strict=False)) if words else {}
            findings.counts["chains"] += int(counted.get("chains", 0))
            findings.counts["facts"] += int(counted.get("facts", 0))
            if code != 0 or counted.get("broken") != "0":
                findings.unverifiable.append(f"node {node}: {words[-500:]}")
        return findings

    def _chains(self, node: str) -> tuple[int, str]:
        """``tongban chains`` in that node."""
        done = subprocess.run(
            [sys.executable, "-m", "tongban.cli", "chains"], capture_output=True, text=True, timeout=300, check=False,
            env={**environment(), **self.ground[node].config.environment()},
        )  # fmt: skip
        return done.returncode, (done.stdout or done.stderr).strip()

    def _tell(self, found: Findings, seconds: float, rest: float) -> None:
        touched: Counter[str] = Counter()
        for gateway in self.ground.gateways.values():
            touched.update(gateway.touched)
        restarts = sum(child.restarts for node in self.ground.nodes.values() for child in node.children)
        rows: list[tuple[str, object]] = [
            ("seed", self.seed),
            ("commit", commit()),
            ("nodes", ", ".join(self.ground.nodes)),
            ("planned", f"{len(self.plan)} cases, {len(self.faults)} faults"),
            ("seconds", f"{seconds:.0f}, of them {rest:.0f} until everything was at rest"),
            ("faults", sum(self.done.values())),
            *[(f"  {kind}", count) for kind, count in sorted(self.done.items()) if count],
            *[(f"  {kind}", f"{count} not run: no disk may be mounted here") for kind, count in self.not_run.items()],
            ("requests through gateways", sum(g.passed for g in self.ground.gateways.values())),
            *[(f"  harmed: {way}", count) for way, count in sorted(touched.items())],
            ("clocks at the end", {n: f"{s:+d} s" for n, s in self.offsets.items()} or "not shifted"),
            ("small disk", f"{DISK_MB} MB" if self.ground.disk else "not run: none could be mounted"),
            ("restarts beyond the plan", restarts),
            ("acts", dict(sorted(self.load.acts.items()))),
            ("filings without an answer", self.load.unanswered),
            *sorted(found.counts.items()),
            *[(name, len(items)) for name, items in found.all().items()],
        ]
        for line in table(rows):
            self.say(line)
        for name, items in found.all().items():
            for item in items[:20]:
                self.say(f"{name}: {item}")
        self.say("sound: 0 lost, 0 doubled, 0 different, 0 unverifiable, 0 parked; all mirrors equal, every attachment"
                 " whole at its place" if found.sound else "NOT SOUND")  # fmt: skip


def commit() -> str:
    """Which program ran: the commit, and whether the tree differs from it; the version where there is no repository."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return f"not in a repository; version {version('tongban')}"
    return head + (" and changes that are not committed" if changed.stdout.strip() else "")


def make(
    home: Path, *, nodes: Sequence[str], cases: int, faults: int, seed: int, pace: float = 1.0,
    say: Callable[[str], object] = print,
) -> Run:  # fmt: skip
    """A run that is ready to be run; the caller stops ``run.ground``."""
    from .faults import plan
    from .load import stories

    ground = Ground(home, nodes=nodes, seed=seed, disk_of=nodes[0], say=say)
    return Run(ground, stories(seed, cases, nodes), plan(seed, faults, nodes, pace=pace), say, seed)
