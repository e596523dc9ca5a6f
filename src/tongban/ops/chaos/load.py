"""The people: at every province some file and some review, as fast as the plan allows, whatever breaks meanwhile."""

from __future__ import annotations

import json
import random
import select
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tongban.ops import demo_cases
from tongban.ops.children import environment

from .papers import SHARE

PATIENCE: Final = 60.0
"""Seconds after which a process that does not answer is given up and started anew."""

LONGEST_WITHOUT: Final = 240.0
"""Seconds in which a node must have taken at least one of the filings that wait."""


class Hands:
    """One process inside a node (:mod:`hands`). It may be killed at any time; the next question starts it again."""

    def __init__(self, node: str, env: Mapping[str, str], log: Path) -> None:
        self.node = node
        self.env = dict(env)
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def ask(self, do: str, **words: Any) -> dict[str, Any]:
        """``{"done": …}``, ``{"refused": …}`` or ``{"broken": …}``: then nobody knows whether it was done."""
        with self._lock:
            try:
                process = self._running()
                assert process.stdin is not None
                process.stdin.write(json.dumps({"do": do, **words}, ensure_ascii=False) + "\n")
                process.stdin.flush()
                return self._answer(process)
            except (OSError, EOFError, ValueError) as error:
                self._end()
                return {"broken": f"{type(error).__name__}: {error}"}

    def kill(self) -> None:
        """As a crash would; also from another thread, in the middle of an act."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            with self._log.open("a") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tongban.ops.chaos.hands"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=log, text=True, env={**environment(), **self.env}, start_new_session=True,
                )  # fmt: skip
            self._answer(self._process)
        return self._process

    def _answer(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        if not select.select([process.stdout], [], [], PATIENCE)[0]:
            raise EOFError("no answer")
        line = process.stdout.readline()
        if not line:
            raise EOFError("ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


@dataclass(frozen=True, slots=True)
class Story:
    """What is filed where, and at which node its case belongs."""

    node: str
    owner: str
    words: Mapping[str, Any]


def stories(seed: int, count: int, nodes: Sequence[str]) -> list[Story]:
    """``count`` filings of seven sorts in an order drawn from the seed, some with a paper; only such whose nodes are
    there."""
    driver = demo_cases.driver_answers()
    pension, jobless = demo_cases.pension_answers(), demo_cases.unemployment_answers()
    online = {"mode": "online"}
    sorts = [
        Story("44", "63", {"who": "li-mei", "item": demo_cases.DRIVER, **online, "anchor_region": "630100",
                           "intake_region": "440305", "answers": driver}),
        Story("14", "63", {"who": "li-mei", "item": demo_cases.DRIVER, **online, "anchor_region": "630100",
                           "intake_region": "140105", "answers": driver}),
        Story("63", "63", {"who": "han-xue", "item": demo_cases.UNEMPLOYMENT, **online, "anchor_region": "630102",
                           "intake_region": "630102", "answers": jobless}),
        Story("63", "44", {"who": "ma-qiang", "item": demo_cases.PENSION, "mode": "joint", "anchor_region": "440100",
                           "releasing_region": "630100", "intake_region": "630104", "answers": pension}),
        Story("14", "44", {"who": "ma-qiang", "item": demo_cases.PENSION, "mode": "joint", "anchor_region": "440100",
                           "releasing_region": "630100", "intake_region": "140105", "answers": pension}),
        Story("44", "44", {"who": "han-xue", "item": demo_cases.UNEMPLOYMENT, **online, "anchor_region": "440106",
                           "intake_region": "440106", "answers": jobless}),
        Story("44", "44", {"who": "ma-qiang", "item": demo_cases.PENSION, "mode": "joint", "anchor_region": "440100",
                           "releasing_region": "630100", "intake_region": "440106", "answers": pension}),
    ]  # fmt: skip
    possible = [sort for sort in sorts if {sort.node, sort.owner} <= set(nodes)]
    rng = random.Random(f"tongban cases {seed}")
    found = [rng.choice(possible) for _ in range(count)]
    papers = random.Random(f"tongban papers {seed}")
    return [
        replace(story, words={**story.words, "paper": seed * 1_000_000 + at}) if papers.random() < SHARE else story
        for at, story in enumerate(found)
    ]


@dataclass
class Load:
    """Threads that file and review until :meth:`stop`; ``acknowledged`` is what people were told: number → story."""

    hands: Mapping[tuple[str, str], Hands]
    plan: Sequence[Story]
    say: Callable[[str], object]
    acknowledged: dict[str, Story] = field(default_factory=dict)
    unanswered: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)
    allowed: int = 0
    active: dict[str, float] = field(default_factory=dict)
    stuck: dict[str, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        nodes = {node for node, _ in self.hands}
        for node in nodes:
            mine = [(at, story) for at, story in enumerate(self.plan) if story.node == node]
            self._threads.append(threading.Thread(target=self._filing, args=(node, mine), daemon=True))
            self._threads.append(threading.Thread(target=self._desk, args=(node,), daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=2 * PATIENCE)

    @property
    def all_filed(self) -> bool:
        return len(self.acknowledged) >= len(self.plan)

    def idle_for(self) -> float:
        """Seconds since anybody last found something to do."""
        return time.monotonic() - max(self.active.values(), default=0.0)

    def _filing(self, node: str, mine: Sequence[tuple[int, Story]]) -> None:
        hands, waiting = self.hands[node, "people"], list(mine)
        while not self._stop.is_set():
            worked = False
            if waiting and waiting[0][0] < self.allowed:
                answer = hands.ask("file", **waiting[0][1].words)
                if "done" in answer:
                    self.acknowledged[answer["done"]["number"]] = waiting.pop(0)[1]
                    self.stuck.pop(node, None)
                    self.acts["file"] += 1
                    worked = True
                elif "refused" in answer:
                    self._note(node, "file", answer)
                else:
                    self.unanswered += 1
                    self._give_up_in_time(node, str(answer["broken"]))
            answer = hands.ask("answer_open")
            if answer.get("done"):
                self.acts["answer"] += int(answer["done"])
                worked = True
            elif "refused" in answer:
                self._note(node, "answer", answer)
            if worked:
                self.active[node] = time.monotonic()
            self._stop.wait(0.05 if worked else 0.3)

    def _desk(self, node: str) -> None:
        hands = self.hands[node, "desk"]
        while not self._stop.is_set():
            answer = hands.ask("step")
            done = answer.get("done") or {"done": {}}
            if done["done"]:
                self.acts.update(done["done"])
                self.active[node] = time.monotonic()
            if "refused" in answer:
                self._note(node, "step", answer)
            self._stop.wait(0.1 if done["done"] else 0.4)

    def _give_up_in_time(self, node: str, reason: str) -> None:
        """No fault lasts as long as this: somebody must look."""
        since = self.stuck.setdefault(node, time.monotonic())
        if time.monotonic() - since > LONGEST_WITHOUT:
            text = f"node {node} has taken no filing for {LONGEST_WITHOUT:.0f} s; the last attempt: {reason}"
            if not any(said.startswith(text[:40]) for said in self.trouble):
                self.trouble.append(text)
                self.say(text)

    def _note(self, node: str, verb: str, answer: Mapping[str, Any]) -> None:
        text = f"node {node} refused to {verb}: {answer['refused']} {answer.get('params')} {answer.get('fields')}"
        if text not in self.trouble:
            self.trouble.append(text)
            self.say(text)
