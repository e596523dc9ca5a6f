"""Correction 补正: told once, all at once, in time, point by point; further rounds need a reason (R-109, X-22)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tongban.kernel.problems import Refusal

TELL_ONCE_DAYS: Final = 5
"""行政许可法 §32(1)(4): on the spot or within five days, once; §82: the days are working days. A clock of these days
(:func:`.deadlines.start`) ends on the last day on which everything missing may be told."""
POINT_CODES: Final = frozenset({"missing", "unclear", "wrong", "expired", "mismatch", "other"})
GENERAL: Final = "general"
"""The target of a point that is about the matter as a whole."""


@dataclass(frozen=True, slots=True)
class PointFacts:
    """One point: a key unique in its round, what it is about, the kind of fault, the wording.

    ``target``: ``answer:<field>``, ``material:<key>`` or ``general``; ``code``: missing | unclear | wrong | expired |
    mismatch | other; ``text`` is what the applicant reads.
    """

    key: str
    target: str
    code: str
    text: str


def is_deemed_accepted(today: date, tell_once_due_on: date) -> bool:
    """行政许可法 §32(1)(4), second half: the last day is over and nothing was told."""
    return today > tell_once_due_on


def check_request(
    points: Sequence[PointFacts], *, round: int, after_acceptance: bool, reason: str | None, targets: Collection[str]
) -> None:
    """Whether these points may be asked. Raises Refusal.

    At least one point, each with a wording, a known kind of fault and a target of this filing; keys differ. A further
    round, or one asked after acceptance, was not told with the first: it needs a recorded reason (R-109).
    """
    if not points:
        raise Refusal("state.correction_points_missing")
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for number, point in enumerate(points):
        where = f"points.{number}"
        if not point.key or point.key in seen:
            faults[f"{where}.key"] = "duplicate" if point.key else "required"
        if not point.text.strip():
            faults[f"{where}.text"] = "required"
        if point.code not in POINT_CODES:
            faults[f"{where}.code"] = "enum"
        if point.target not in targets:
            faults[f"{where}.target"] = "unknown"
        seen.add(point.key)
    if faults:
        raise Refusal("state.correction_points_missing", fields=faults)
    if (round > 1 or after_acceptance) and not (reason or "").strip():
        raise Refusal("state.correction_reason_missing", round=round, fields={"reason": "required"})


def check_answers(points: Collection[str], answers: Mapping[str, str]) -> None:
    """Every point is answered, and nothing but the points. Raises Refusal naming each point left open."""
    faults = {f"points.{key}": "required" for key in points if not answers.get(key, "").strip()}
    faults |= {f"points.{key}": "unknown" for key in answers if key not in points}
    if faults:
        raise Refusal("state.correction_answers_missing", fields=faults)


def answers_the_open_round(open_round: int | None, answers_round: int) -> bool:
    """Races are settled by what a revision says it answers, not by when it arrives (architecture §7)."""
    return open_round is not None and answers_round == open_round
