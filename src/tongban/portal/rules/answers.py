"""How sure an answer of the search is: shown alone, with others, or as nothing found. Pure.

Scores are those of the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

UNSURE: Final = 1.05
"""Score of the best answer below which nothing was really found; of the right answers to the phrases of the
repository 99 % lie above it."""
AHEAD: Final = 1.2
"""The best stands alone if it is this many times as good as the second."""
NEAR: Final = 0.6
"""Answers less good than this part of the best are no help to somebody who looks for another."""


def unsure(scores: Sequence[float]) -> bool:
    """Something was found, but nothing that fits. ``scores``: best first."""
    return bool(scores) and scores[0] < UNSURE


def stands_alone(scores: Sequence[float], *, twins: bool) -> bool:
    """Whether the best answer may be shown without choosing. ``twins``: a question separates the first ones."""
    if not scores or unsure(scores):
        return False
    return twins or len(scores) == 1 or scores[0] >= AHEAD * scores[1]


def near(score: float, best: float) -> bool:
    """Whether an answer is worth offering beside the best."""
    return score >= NEAR * best
