"""The part: one step of a joint plan, owned and decided by the place that has to do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tongban.cases import events
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .table import Clock, Plan, To, look_up


class Status(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Step(StrEnum):
    COMPLETE = "complete"
    REFUSE = "refuse"
    LAPSE = "lapse"  # by time
    TAKE_VERSION = "take_version"  # the lead moved its case


PEOPLE_STEPS: Final = (Step.COMPLETE, Step.REFUSE)

TRANSITIONS: Final[Mapping[tuple[Status, Step], To[Status]]] = {
    (Status.OPEN, Step.COMPLETE): To(Status.COMPLETED, events.PartDecided, Clock.STOP),
    (Status.OPEN, Step.REFUSE): To(Status.REFUSED, events.PartDecided, Clock.STOP),
    (Status.OPEN, Step.LAPSE): To(Status.LAPSED, events.PartLapsed, Clock.STOP),
    (Status.OPEN, Step.TAKE_VERSION): To(Status.OPEN, events.PartVersionTaken),
}


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What the rules need to know of a part. ``lapses_on``: the day after which it counts as unanswered."""

    part_id: UUID
    owner: str
    status: Status
    region: str
    department: str | None
    lapses_on: date
    authority: str | None = None
    attachments_missing: int = 0


def why_not(status: Status, step: Step) -> str:
    """What stands in the way: only an open part knows steps."""
    return "part_over"


def obstacle(facts: PartFacts, step: Step, at: datetime) -> Refusal | None:
    """Why this step is not possible now, or None."""
    if step in PEOPLE_STEPS and facts.status in (Status.COMPLETED, Status.REFUSED):
        return Refusal("state.already_decided", status=facts.status.value)
    entry = look_up(TRANSITIONS, facts.status, step, offered=PEOPLE_STEPS, why=why_not)
    if isinstance(entry, Refusal):
        return entry
    if step is Step.COMPLETE and facts.attachments_missing:
        return Refusal("state.attachments_pending", missing=facts.attachments_missing)
    if step is Step.LAPSE and local_date(at) <= facts.lapses_on:
        return Refusal("state.step_not_possible", step=step.value, status=facts.status.value, why="limit_not_over")
    return None


def plan(facts: PartFacts, step: Step, at: datetime) -> Plan[Status]:
    """What to write. Raises the obstacle."""
    refused = obstacle(facts, step, at)
    if refused is not None:
        raise refused
    entry = TRANSITIONS[facts.status, step]
    assert entry.status is not None
    return Plan(entry.status, entry.says, entry.clock)
