"""What this slice announces. Codes, references, digests, numbers and dates; what is personal stands in ``personal``.

Every event names the nodes that must hear of it (``intake_node``, ``competent_node``, ``lead_node``, ``node``), so that
the border can be a pure function of the event. ``subject_type`` says in whose chain it stands:

- ``filing``: at the place of intake;  ``filing_copy``: the same filing as another node received it;
- ``case``: at the competent place;    ``part``: at the place that owns the step of a joint plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from tongban.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """The pinned item version (decision 8) and the entry of the list it was filed under."""

    entry_key: str
    owner: str
    code: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a revision. ``key`` names the material requirement; ``digest`` is ``sha-256:<hex>``."""

    key: str
    digest: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A last day and the calendar it was computed from (decision 12)."""

    on: date
    calendar_version: str
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPoint:
    """One point of a correction request; its wording stands in ``personal`` under the same key.

    ``target`` is ``answer:<field>``, ``material:<key>`` or ``general``; ``code`` is missing | unclear | wrong |
    expired | mismatch | other.
    """

    key: str
    target: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksMade:
    """What the window looked at: materials in order or not; how it knew the person (R-081)."""

    passed: tuple[str, ...]
    failed: tuple[str, ...]
    identity_method: str
    window: str | None


# --- the filing, at the place of intake ---------------------------------------------------------------------------


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


# --- the filing as the competent node received it -----------------------------------------------------------------


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


# --- the case, at the competent place -----------------------------------------------------------------------------


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


# --- the part, at the place of each step --------------------------------------------------------------------------


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


EVENTS: Final = (
    FilingStarted, FilingDraftSaved, FilingDiscarded, FilingChecksRecorded, FilingSubmitted, FilingRevised,
    FilingWithdrawalRequested, FilingResultDelivered, FilingConcluded, FilingDeclineNoted, FilingCaseNoted,
    FilingDeclined,
    CaseOpened, CaseCorrectionRequested, CaseCorrectionTaken, CaseAccepted, CaseNotAccepted, CaseDecided,
    CaseDelivered, CaseClosed, CaseWithdrawalRefused, PartCalled, CasePartNoted,
    PartOpened, PartDecided, PartLapsed,
)  # fmt: skip
"""Every event of the slice, in the order of this page."""
