"""What the machine did meanwhile, from /proc: CPU of process trees, of everything, and stolen by the host."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Moment:
    """CPU seconds so far: of named trees, of the whole machine, stolen."""

    trees: dict[str, float]
    busy: float
    stolen: float


def tree_of(root: int) -> set[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after[1]), []).append(int(stat.parent.name))
    found, todo = set(), [root]
    while todo:
        pid = todo.pop()
        found.add(pid)
        todo.extend(children.get(pid, ()))
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes, and of their children that have ended."""
    total = 0
    for pid in pids:
        try:
            after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(after[i]) for i in (11, 12, 13, 14))
    return total / _TICK


def now(roots: dict[str, int]) -> Moment:
    fields = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    user, nice, system, _idle, _wait, irq, softirq, steal = fields[:8]
    return Moment(
        {name: cpu_seconds(tree_of(root)) for name, root in roots.items()},
        (user + nice + system + irq + softirq) / _TICK, steal / _TICK,
    )
