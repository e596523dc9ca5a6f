"""What views of filings, cases and parts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from tongban.cases.rules import completeness
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
class ProofView:
    """How the place of intake knows who applies. ``method``: ``account`` (real-name account, proven at ``level`` or
    higher, 1–4), or the window's check: id_card_seen | id_card_reader | face_compared; None if it told none."""

    method: str | None
    level: int | None
    by: str


@dataclass(frozen=True, slots=True)
class FileView:
    digest: str
    filename: str
    media_type: str
    size: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A required material and what satisfies it. ``state``: supplied | exempt | missing | optional | on_site (shown or
    made in person, never uploaded).

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
    name_en: str = ""

    @property
    def looked_at(self) -> bool:
        """Whether a window that takes it in checks its form."""
        return completeness.looked_at(self.state, self.exempt_by)


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
class SituationView:
    """情形: the branch of the item that the answers lead to, under the pinned version."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """The item a matter was filed under, as pinned."""

    entry_key: str
    code: str
    version: int
    digest: str
    name: str
    name_en: str
