"""What happens to a case, at the competent place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from tongban.kernel.events import Event

from .words import Attachment, CorrectionPoint, DueDate, ItemRef


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """``subject_id`` is the case."""

    subject_type: ClassVar[str] = "case"
    filing_id: UUID
    filing_number: str
    intake_node: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    """Received; the tell-once clock runs (行政许可法 §32). Receipt is not acceptance (X-21)."""

    name: ClassVar[str] = "case.opened"
    revision: int
    mode: str
    region: str
    authority: str | None
    received_on: date
    tell_once_due: DueDate


@dataclass(frozen=True, kw_only=True)
class CaseCorrectionRequested(CaseEvent):
    """All points at once, about one revision. personal: ``{"texts": {point key: wording}, "reason": text | None}``."""

    name: ClassVar[str] = "case.correction_requested"
    round: int
    about_revision: int
    points: tuple[CorrectionPoint, ...]


@dataclass(frozen=True, kw_only=True)
class CaseCorrectionTaken(CaseEvent):
    """Revision ``revision`` answers round ``round``; the clock that was stopped resumes, due dates are new."""

    name: ClassVar[str] = "case.correction_taken"
    round: int
    revision: int
    returns_to: str
    tell_once_due: DueDate | None
    handling_due: DueDate | None


@dataclass(frozen=True, kw_only=True)
class CaseAccepted(CaseEvent):
    """受理. ``deemed``: nothing was told within five working days, so it counts from receipt."""

    name: ClassVar[str] = "case.accepted"
    deemed: bool
    accepted_on: date
    handling_days: int
    handling_due: DueDate


@dataclass(frozen=True, kw_only=True)
class CaseNotAccepted(CaseEvent):
    """不予受理, with reasons. personal: ``{"texts": {reason code: wording}}``."""

    name: ClassVar[str] = "case.not_accepted"
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseDecided(CaseEvent):
    """granted | denied. personal: ``result`` {number, valid_until, text} or ``texts`` {reason: wording}."""

    name: ClassVar[str] = "case.decided"
    outcome: str
    reasons: tuple[str, ...]
    decided_on: date
    result_type: str | None


@dataclass(frozen=True, kw_only=True)
class CaseDelivered(CaseEvent):
    name: ClassVar[str] = "case.delivered"
    method: str


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    """completed | withdrawn | not_accepted | lapsed."""

    name: ClassVar[str] = "case.closed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawalRefused(CaseEvent):
    """The wish to withdraw came too late; ``reason`` is a problem code."""

    name: ClassVar[str] = "case.withdrawal_refused"
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseRebased(CaseEvent):
    """The running case goes on under ``item``; ``before`` is the pin it leaves. No due date moves back."""

    name: ClassVar[str] = "case.rebased"
    item: ItemRef
    before: ItemRef
    reason: str
    tell_once_due: DueDate | None
    handling_due: DueDate | None
    handling_days: int | None


@dataclass(frozen=True, kw_only=True)
class PartCalled(CaseEvent):
    """The lead asks the owner of the next step; stands in the lead case's chain. personal as in FilingSubmitted."""

    name: ClassVar[str] = "part.called"
    part_id: UUID
    step_key: str
    seq: int
    step_name: str
    place: str
    node: str
    lead_node: str
    region: str
    limit_days: int
    revision: int
    item: ItemRef
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class PartRebased(CaseEvent):
    """The case was moved to ``item``, and its part at ``node`` is to follow if it is still open; stands in the lead
    case's chain."""

    name: ClassVar[str] = "part.rebased"
    part_id: UUID
    step_key: str
    seq: int
    node: str
    item: ItemRef
    before: ItemRef
    reason: str


@dataclass(frozen=True, kw_only=True)
class CasePartNoted(CaseEvent):
    """At the lead: what the owner of a part said, ``said`` being part.opened or part.decided."""

    name: ClassVar[str] = "case.part_noted"
    part_id: UUID
    step_key: str
    seq: int
    said: str
    sender: str
    outcome: str | None
    said_at: datetime
