"""Joint handling 多地联办: the plan, whose turn it is, what follows from the parts (decision 2, R-089, R-094)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .lifecycle.part import Status


class Outcome(StrEnum):
    GRANTED = "granted"
    DENIED = "denied"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the plan with the node and region that own it in this case."""

    key: str
    seq: int
    node: str
    region: str
    limit_days: int


Answers = Mapping[str, Status | None]
"""Step key → what its part answered; None: called, no answer yet; absent: not called yet."""


def next_step(plan: Sequence[PlanStep], answers: Answers) -> PlanStep | None:
    """The step to call now: the first uncalled one, once every earlier part is completed.

    The plan is serial; a refusal or a lapse ends it, and later steps are never called.
    """
    for step in sorted(plan, key=lambda s: s.seq):
        if step.key not in answers:
            return step
        if answers[step.key] is not Status.COMPLETED:
            return None
    return None


def outcome(plan: Sequence[PlanStep], answers: Answers) -> Outcome | None:
    """What the lead may conclude now: all completed → granted, one refused → denied, one lapsed → lapsed."""
    given = [answers.get(step.key) for step in plan]
    if Status.REFUSED in given:
        return Outcome.DENIED
    if Status.LAPSED in given:
        return Outcome.LAPSED
    if plan and all(answer is Status.COMPLETED for answer in given):
        return Outcome.GRANTED
    return None
