"""A case, a part and a desk queue, as the staff of their owner see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.items.manual import Manual
from tongban.kernel.time import Due

from .shared import (
    ClockView,
    CorrectionView,
    ItemView,
    MaterialView,
    PendingView,
    PersonView,
    PlanStepView,
    ProofView,
    ResultView,
    SituationView,
    StepView,
    TimelineEntry,
)


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
    situation: SituationView | None = None
    manual: Manual | None = None
    proof: ProofView | None = None

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
    situation: SituationView | None = None
    manual: Manual | None = None

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
