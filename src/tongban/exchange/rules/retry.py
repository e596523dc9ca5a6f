"""When to try again, and when trying again is useless.

The back-off belongs to the destination: one dead province never delays another. What the other side refuses for good
is parked with its reason for an operator; unreachable is never a reason to park, however long it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

FIRST_DELAY: Final = 0.5
"""Seconds before the first retry."""

LONGEST_DELAY: Final = 60.0
"""Seconds; a peer that comes back waits at most this long, and less if it speaks to us first."""

TRIES_WHEN_DOUBTFUL: Final = 20
"""How often a refusal laid at our door that time may heal (a trust list not yet renewed over there, a clock) is tried
before it is parked; about a quarter of an hour."""

APPLY_TRIES: Final = 12
"""How often a message whose handler fails unexpectedly is tried before it is parked."""


def backoff(failures: int, chance: float) -> timedelta:
    """The pause after ``failures`` failures in a row; ``chance`` in [0, 1) spreads it over the upper half.

    Doubles from half a second to one minute. The jitter keeps many senders from returning at the same instant.
    """
    if failures <= 0:
        return timedelta(0)
    ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(failures - 1, 16))
    return timedelta(seconds=ceiling * (0.5 + 0.5 * chance))


class Fate(StrEnum):
    """What becomes of a message after one attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message's answer: a receipt, or a problem with the side whose fault it is."""

    receipt: str | None = None
    code: str | None = None
    whose: str | None = None  # "sender" | "receiver" | "nobody"
    retry: bool = False  # the receiver says that the same bytes may be accepted later


def read_answer(answer: Mapping[str, Any]) -> Attempt:
    """An element of ``answers`` as it came over the wire. Anything unreadable is the receiver's fault."""
    receipt = answer.get("receipt")
    if isinstance(receipt, str):
        return Attempt(receipt=receipt)
    problem = answer.get("problem")
    if isinstance(problem, Mapping) and isinstance(problem.get("code"), str):
        return Attempt(
            code=problem["code"][:80], whose=str(problem.get("whose")), retry=problem.get("retry") is True
        )
    return Attempt(code="peer.answer_unreadable", whose="receiver", retry=True)


def fate(attempt: Attempt, tries: int) -> Fate:
    """``tries`` counts the attempts made, this one included."""
    if attempt.receipt is not None:
        return Fate.DELIVERED
    if attempt.whose == "receiver":
        return Fate.RETRY
    if attempt.retry and tries < TRIES_WHEN_DOUBTFUL:
        return Fate.RETRY
    return Fate.PARKED
