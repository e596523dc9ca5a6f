"""What happens to a filing: at the place of intake, and as the competent node received it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from tongban.kernel.events import Event

from .words import Attachment, ChecksMade, ItemRef


@dataclass(frozen=True, kw_only=True)
class FilingEvent(Event):
    subject_type: ClassVar[str] = "filing"


@dataclass(frozen=True, kw_only=True)
class FilingStarted(FilingEvent):
    """A draft was opened. ``channel`` is ``self`` (the person) or ``window`` (a clerk takes papers in)."""

    name: ClassVar[str] = "filing.started"
    item: ItemRef
    mode: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class FilingDraftSaved(FilingEvent):
    """What has been filled in so far was kept; ``fields`` names the answers given, not their values."""

    name: ClassVar[str] = "filing.draft_saved"
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FilingDiscarded(FilingEvent):
    """A draft was thrown away by its owner."""

    name: ClassVar[str] = "filing.discarded"


@dataclass(frozen=True, kw_only=True)
class FilingChecksRecorded(FilingEvent):
    """The window's formal check and identity check (R-081). Never a decision."""

    name: ClassVar[str] = "filing.checks_recorded"
    checks: ChecksMade


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(FilingEvent):
    """Revision 1 was frozen and leaves for the competent node.

    personal: ``{"applicant": {"name", "id_number", "mobile"}, "answers": {…}, "filenames": {digest: name}}``, answers
    limited to what the item version lets leave (``fields_leaving``).
    """

    name: ClassVar[str] = "filing.submitted"
    filing_number: str
    revision: int
    content_digest: str
    item: ItemRef
    mode: str
    channel: str
    intake_node: str
    competent_node: str
    intake_region: str
    anchor_region: str
    anchor_kind: str
    releasing_region: str | None
    window: str | None
    checks: ChecksMade | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class FilingRevised(FilingEvent):
    """A further revision answers correction round ``answers_round``.

    personal: as in FilingSubmitted, and ``"point_answers": {point key: text}``.
    """

    name: ClassVar[str] = "filing.revised"
    filing_number: str
    revision: int
    content_digest: str
    answers_round: int
    competent_node: str
    intake_node: str
    checks: ChecksMade | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class FilingWithdrawalRequested(FilingEvent):
    """A wish; the owner of the case answers with its own fact (decision 5)."""

    name: ClassVar[str] = "filing.withdrawal_requested"
    filing_number: str
    revision: int
    competent_node: str
    case_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class FilingResultDelivered(FilingEvent):
    """The result reached the applicant: ``electronic`` on the page, or handed over at the ``window``."""

    name: ClassVar[str] = "filing.result_delivered"
    filing_number: str
    case_id: UUID
    method: str
    competent_node: str


@dataclass(frozen=True, kw_only=True)
class FilingConcluded(FilingEvent):
    """The case behind the filing is closed: completed | withdrawn | not_accepted | lapsed."""

    name: ClassVar[str] = "filing.concluded"
    case_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class FilingDeclineNoted(FilingEvent):
    """The competent node would not open a case."""

    name: ClassVar[str] = "filing.decline_noted"
    sender: str
    reason: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class FilingCaseNoted(FilingEvent):
    """What another node said about the case or a part was written into the mirror: ``said`` is the fact's name."""

    name: ClassVar[str] = "filing.case_noted"
    said: str
    sender: str
    said_at: datetime
    chain_subject: str
    position: int
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FilingDeclined(Event):
    """No case is opened. ``reason``: item_version_unknown | mode_not_open | sender_may_not_file | not_competent |
    malformed."""

    name: ClassVar[str] = "filing.declined"
    subject_type: ClassVar[str] = "filing_copy"
    filing_number: str
    revision: int
    reason: str
    intake_node: str
