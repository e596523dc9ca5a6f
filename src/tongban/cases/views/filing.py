"""A filing, as its applicant and the window that took it in see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.cases.rules import identity
from tongban.items.manual import Manual

from .shared import (
    ClockView,
    CorrectionView,
    Holder,
    ItemView,
    MaterialView,
    PendingView,
    PersonView,
    PlanStepView,
    ResultView,
    SituationView,
    StepView,
    TimelineEntry,
)


@dataclass(frozen=True, slots=True)
class ChecksView:
    """The window's two checks (R-081)."""

    formal: Mapping[str, bool]
    identity_method: str
    checked_at: datetime
    window: str | None


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A line of "my cases". ``unanswered``: our word has not been answered by the competent place yet."""

    filing_id: UUID
    filing_number: str | None
    item: ItemView
    mode: str
    status: str
    stage: str
    holder: Holder | None
    unanswered: bool
    started_at: datetime
    submitted_at: datetime | None
    anchor_region: str


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
    situation: SituationView | None = None
    manual: Manual | None = None

    @property
    def correction(self) -> CorrectionView | None:
        """The open round, if any."""
        return next((c for c in self.corrections if c.answered_at is None), None)

    @property
    def proven(self) -> dict[str, str]:
        """The answers that follow from the proven identity: field → value. They cannot be anything else."""
        if self.applicant.masked:
            return {}
        return identity.proven_answers(self.form, {"name": self.applicant.name, "id_number": self.applicant.id_number})

    def other_persons(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """Field → fault code where ``answers`` name somebody else than the proven person."""
        if self.applicant.masked:
            return {}
        person = {"name": self.applicant.name, "id_number": self.applicant.id_number}
        return identity.faults(self.form, answers, person, window=self.channel == "window")

    def step(self, name: str) -> StepView:
        return next(s for s in self.possible_steps if s.step == name)


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
    situation: SituationView | None = None
