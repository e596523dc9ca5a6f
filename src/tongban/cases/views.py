"""What readers of this slice get: frozen values, codes instead of prose, nothing of the database.

Texts for people come from the edges (gettext), by ``code``. Names and numbers of persons are masked where a view is
marked so; a full view of another person's file comes only from ``actions.reading.open_case_file``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from tongban.kernel.time import Due

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of an unranked list; ``next`` is the cursor of the following page, or None."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the matter now: a place (``node`` and the name to show), since when, until when.

    ``who``: applicant | window | reviewer | part | transit | nobody.
    """

    who: str
    node: str
    name: str
    since: datetime
    until: Due | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the lifecycle table for this reader now. ``refusal`` is a problem code when not possible."""

    step: str
    possible: bool
    refusal: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. ``code`` is a fact's name (``case.accepted``); ``side``: intake | competent | part."""

    at: datetime
    code: str
    node: str
    place: str
    side: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PendingView:
    """An undelivered message: what another node has not yet received. ``state``: waiting | retrying | parked."""

    receiver: str
    receiver_name: str
    state: str
    tries: int
    since: datetime
    last_error: str | None


@dataclass(frozen=True, slots=True)
class ClockView:
    """A legal clock. ``name``: tell_once | handling | part; ``remaining`` working days, negative when overdue."""

    name: str
    days: int
    started_on: date
    due: Due | None
    remaining: int | None
    running: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """The applicant. ``masked`` says whether the values are shortened for the screen."""

    name: str
    id_number: str
    mobile: str
    masked: bool


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A required material and what satisfies it. ``state``: supplied | exempt | missing | optional.

    ``files``: (digest, file name, media type, size, arrived); ``checked``: the window's formal check, None if not yet.
    """

    key: str
    name: str
    necessity: str
    state: str
    exempt_by: str | None
    review_points: tuple[str, ...]
    files: tuple[FileView, ...] = ()
    checked: bool | None = None


@dataclass(frozen=True, slots=True)
class FileView:
    digest: str
    filename: str
    media_type: str
    size: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class PointView:
    """One point of a correction and its answer, if given. ``target``: answer:<field> | material:<key> | general."""

    key: str
    target: str
    code: str
    text: str
    answer: str | None = None

    @property
    def field(self) -> str | None:
        """The field of the form it is about, if it is about one."""
        return self.target.removeprefix("answer:") if self.target.startswith("answer:") else None

    @property
    def material(self) -> str | None:
        """The material it is about, if it is about one."""
        return self.target.removeprefix("material:") if self.target.startswith("material:") else None


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction round. ``task_for``: applicant | window (modes.py says who answers)."""

    round: int
    about_revision: int
    points: tuple[PointView, ...]
    reason: str | None
    requested_at: datetime
    answered_at: datetime | None
    task_for: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """The decision. ``outcome``: granted | denied | not_accepted; ``reasons``: code → wording."""

    outcome: str
    decided_on: date
    number: str | None
    valid_until: date | None
    text: str
    reasons: Mapping[str, str]
    result_name: str
    delivered: str | None


@dataclass(frozen=True, slots=True)
class PlanStepView:
    """A step of a joint plan from outside. ``status``: waiting | called | open | completed | refused | lapsed."""

    key: str
    seq: int
    name: str
    node: str
    place: str
    status: str
    due: Due | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """The item a matter was filed under, as pinned."""

    entry_key: str
    code: str
    version: int
    digest: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A line of "my cases"."""

    filing_id: UUID
    filing_number: str | None
    item: ItemView
    mode: str
    status: str
    stage: str
    holder: Holder | None
    pending: bool
    started_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class FilingView:
    """Everything the applicant (or the window that took the papers) sees of one filing, from the local database.

    ``stage`` is computed over filing, case mirror and part mirrors (rules/stage.py); ``version`` is the number to give
    back as ``seen``. ``form`` is the pinned JSON Schema.
    """

    filing_id: UUID
    filing_number: str | None
    item: ItemView
    mode: str
    channel: str
    status: str
    stage: str
    version: int
    revision: int
    applicant: PersonView
    anchor_region: str
    intake_region: str
    releasing_region: str | None
    competent_node: str
    competent_name: str
    started_at: datetime
    submitted_at: datetime | None
    form: Mapping[str, Any]
    answers: Mapping[str, Any]
    materials: tuple[MaterialView, ...]
    holder: Holder | None
    clocks: tuple[ClockView, ...]
    pending: tuple[PendingView, ...]
    timeline: tuple[TimelineEntry, ...]
    corrections: tuple[CorrectionView, ...]
    result: ResultView | None
    parts: tuple[PlanStepView, ...]
    possible_steps: tuple[StepView, ...]
    checks: ChecksView | None = None
    close_reason: str | None = None

    @property
    def correction(self) -> CorrectionView | None:
        """The open round, if any."""
        return next((c for c in self.corrections if c.answered_at is None), None)

    def step(self, name: str) -> StepView:
        return next(s for s in self.possible_steps if s.step == name)


@dataclass(frozen=True, slots=True)
class ChecksView:
    """The window's two checks (R-081)."""

    formal: Mapping[str, bool]
    identity_method: str
    checked_at: datetime
    window: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a reviewer sees of a case this node owns. Persons are in full: open it through ``actions.reading``."""

    case_id: UUID
    filing_id: UUID
    filing_number: str
    item: ItemView
    mode: str
    channel: str
    status: str
    close_reason: str | None
    version: int
    revision: int
    intake_node: str
    intake_name: str
    intake_region: str
    anchor_region: str
    region: str
    authority: str | None
    applicant: PersonView
    form: Mapping[str, Any]
    answers: Mapping[str, Any]
    materials: tuple[MaterialView, ...]
    attachments_missing: int
    received_at: datetime
    clocks: tuple[ClockView, ...]
    corrections: tuple[CorrectionView, ...]
    result: ResultView | None
    parts: tuple[PlanStepView, ...]
    timeline: tuple[TimelineEntry, ...]
    pending: tuple[PendingView, ...]
    possible_steps: tuple[StepView, ...]

    @property
    def correction(self) -> CorrectionView | None:
        return next((c for c in self.corrections if c.answered_at is None), None)

    def step(self, name: str) -> StepView:
        return next(s for s in self.possible_steps if s.step == name)


@dataclass(frozen=True, slots=True)
class PartView:
    """What the owner of a part sees. Persons in full: open it through ``actions.reading``."""

    part_id: UUID
    case_id: UUID
    filing_id: UUID
    filing_number: str
    item: ItemView
    step_key: str
    seq: int
    step_name: str
    status: str
    version: int
    lead_node: str
    lead_name: str
    intake_node: str
    region: str
    applicant: PersonView
    form: Mapping[str, Any]
    answers: Mapping[str, Any]
    materials: tuple[MaterialView, ...]
    attachments_missing: int
    opened_at: datetime
    clocks: tuple[ClockView, ...]
    note: str | None
    reasons: Mapping[str, str]
    timeline: tuple[TimelineEntry, ...]
    pending: tuple[PendingView, ...]
    possible_steps: tuple[StepView, ...]

    def step(self, name: str) -> StepView:
        return next(s for s in self.possible_steps if s.step == name)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of a desk queue; the applicant's name is masked. ``kind``: cases | parts | filings."""

    kind: str
    id: UUID
    filing_number: str | None
    item: ItemView
    mode: str
    status: str
    stage: str
    applicant: str
    other_place: str
    region: str
    since: datetime
    due: Due | None
    remaining: int | None
    task: str | None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """收件凭证, the intake receipt. Intake is not acceptance (R-078)."""

    filing_number: str
    item: ItemView
    mode: str
    applicant: PersonView
    intake_name: str
    intake_region: str
    window: str | None
    competent_name: str
    submitted_at: datetime
    materials: tuple[MaterialView, ...]
    content_digest: str
