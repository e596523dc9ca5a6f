"""Nearness of meaning joined to the ranking by words. Pure; where the nearness comes from is a port.

For every entry the nearest of its texts counts. Cosines of one model lie close together (0.8 … 0.9), so what counts is
by how many standard deviations an entry stands out among all of them; :data:`USUAL` of these is what the best entry has
for a query without any sense, and adds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .index import TUNING, Answer

WEIGHT: Final = 0.2
"""Set on the tuning sets of tests/search (``bench/search_quality.py --ai``)."""
USUAL: Final = 3.0
LEAST: Final = 0.25
"""Score below which an entry found by meaning alone is not shown."""


@dataclass(frozen=True, slots=True)
class Meant:
    """How near the meaning of a query is to an entry, and to which of its texts it is nearest."""

    nearness: float
    text: str


def nearest(texts: Sequence[tuple[str, str]], nearness: Sequence[float]) -> dict[str, Meant]:
    """Of texts ``(entry, text)`` with their cosines, the best of each entry."""
    best: dict[str, Meant] = {}
    for (key, text), value in zip(texts, nearness, strict=True):
        if key not in best or value > best[key].nearness:
            best[key] = Meant(value, text)
    return best


def fused(
    answers: Sequence[Answer], meant: Mapping[str, Meant], *, limit: int, among: Collection[str] | None = None
) -> list[Answer]:
    """The answers by words (all of them, best first) with the nearness of meaning in their score, best first."""
    if len(meant) < 2:
        return list(answers[:limit])
    mean = sum(m.nearness for m in meant.values()) / len(meant)
    spread = math.sqrt(sum((m.nearness - mean) ** 2 for m in meant.values()) / len(meant)) or 1.0
    by_words = {a.key: a for a in answers}
    found: list[tuple[float, int, Answer]] = []
    for number, (key, one) in enumerate(meant.items()):
        if among is not None and key not in among:
            continue
        words = by_words.get(key)
        score = (words.score if words else 0.0) + WEIGHT * ((one.nearness - mean) / spread - USUAL)
        if words is None and score < LEAST:
            continue
        answer = Answer(key, max(score, TUNING.least), "meaning", one.text)
        found.append((-score, number, answer if words is None else Answer(key, answer.score, words.kind, words.text)))
    return [answer for *_, answer in sorted(found, key=lambda f: f[:2])[:limit]]
