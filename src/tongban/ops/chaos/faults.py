"""The plan of faults: what breaks when and for how long, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .proxy import WAYS

KINDS: Final = {
    "kill web": 14, "kill worker": 14, "kill database": 10, "power cut": 5, "kill during recovery": 6,
    "shift clock": 4, "fill disk": 4, **{f"net {way}": 7 for way in WAYS},
}  # fmt: skip
"""Kind → how often, relatively."""

MOST_SHIFT: Final = 120
"""Seconds by which one node's clock is moved; two nodes moved apart stay within the five minutes allowed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``lasts`` seconds, then it is healed; ``pause`` seconds until the next one begins, which may be before that."""

    kind: str
    node: str
    lasts: float
    pause: float
    amount: int = 0


def plan(seed: int, count: int, nodes: Sequence[str], *, pace: float = 1.0) -> list[Fault]:
    """``count`` faults: every kind once, in any order, then by their shares. Same seed, same plan.

    ``pace`` stretches all times.
    """
    rng = random.Random(f"tongban chaos {seed}")
    kinds = list(KINDS)
    rng.shuffle(kinds)
    while len(kinds) < count:
        kinds.append(rng.choices(list(KINDS), weights=list(KINDS.values()))[0])
    return [
        Fault(
            kind,
            rng.choice(list(nodes)),
            lasts=round(pace * (rng.uniform(1.0, 6.0) if kind.startswith("net ") else rng.uniform(0.3, 3.0)), 2),
            pause=round(pace * rng.uniform(0.1, 1.6), 2),
            amount=rng.randint(-MOST_SHIFT, MOST_SHIFT),
        )
        for kind in kinds[:count]
    ]
