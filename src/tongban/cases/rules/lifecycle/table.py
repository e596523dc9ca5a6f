"""The shape of a transition table and the reading of its plain part.

A table maps (status, step) to :class:`To`. What a table cannot say (a correction must be open, five working days must
not be over) is said by ``obstacle`` beside it, and only there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from tongban.kernel.events import Event
from tongban.kernel.problems import Refusal

Status = TypeVar("Status", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)


class Clock(StrEnum):
    """What a step does to the clock of its subject."""

    START = "start"
    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class To(Generic[Status]):
    """Where a step leads. ``status`` None: back to where the correction was asked from. ``says``: what is recorded."""

    status: Status | None
    says: type[Event]
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Plan(Generic[Status]):
    """What an action has to write: the new status, the event to record, the clock to move."""

    status: Status
    says: type[Event]
    clock: Clock | None


def look_up(
    table: Mapping[tuple[Status, Step], To[Status]],
    status: Status,
    step: Step,
    *,
    offered: Collection[Step],
    why: Callable[[Status, Step], str],
) -> To[Status] | Refusal:
    """The entry, or the refusal that says ``why`` not (a code: what is awaited, or what is over) and names what people
    can do instead; ``offered`` are the steps people take."""
    entry = table.get((status, step))
    if entry is None:
        return Refusal(
            "state.step_not_possible",
            step=step.value,
            status=status.value,
            why=why(status, step),
            possible=sorted(s.value for st, s in table if st == status and s in offered),
        )
    return entry
