"""What happens to a part, at the place of each step of a joint plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from tongban.kernel.events import Event

from .words import DueDate, ItemRef


@dataclass(frozen=True, kw_only=True)
class PartEvent(Event):
    """``subject_id`` is the part; ``case_id`` is the lead case."""

    subject_type: ClassVar[str] = "part"
    case_id: UUID
    filing_id: UUID
    filing_number: str
    step_key: str
    seq: int
    lead_node: str
    intake_node: str


@dataclass(frozen=True, kw_only=True)
class PartOpened(PartEvent):
    name: ClassVar[str] = "part.opened"
    region: str
    authority: str | None
    opened_on: date
    due: DueDate


@dataclass(frozen=True, kw_only=True)
class PartVersionTaken(PartEvent):
    """The lead moved the case: this open part goes on under ``item``; ``before`` is the pin it leaves. No day moves."""

    name: ClassVar[str] = "part.version_taken"
    item: ItemRef
    before: ItemRef
    reason: str


@dataclass(frozen=True, kw_only=True)
class PartDecided(PartEvent):
    """completed | refused. personal: ``{"note": text}`` or ``{"texts": {reason code: wording}}``."""

    name: ClassVar[str] = "part.decided"
    outcome: str
    reasons: tuple[str, ...]
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class PartLapsed(PartEvent):
    """Nobody decided in time; told as ``part.decided`` with outcome ``lapsed``."""

    name: ClassVar[str] = "part.lapsed"
    lapsed_on: date
