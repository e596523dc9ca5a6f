"""What readers of this slice get: frozen values, codes instead of prose, nothing of the database.

Texts for people come from the edges (gettext), by ``code``. Names and numbers of persons are masked where a view is
marked so; a full view of another person's file comes only from ``actions.reading.open_case_file``.
"""

from __future__ import annotations

from .competent import (
    CaseView,
    PartView,
    QueueRow,
)
from .filing import (
    ChecksView,
    FilingRow,
    FilingView,
    ReceiptView,
)
from .shared import (
    ClockView,
    CorrectionView,
    FileView,
    Holder,
    ItemView,
    MaterialView,
    Page,
    PendingView,
    PersonView,
    PlanStepView,
    PointView,
    ProofView,
    ResultView,
    SituationView,
    StepView,
    TimelineEntry,
)

__all__ = [
    "CaseView",
    "ChecksView",
    "ClockView",
    "CorrectionView",
    "FileView",
    "FilingRow",
    "FilingView",
    "Holder",
    "ItemView",
    "MaterialView",
    "Page",
    "PartView",
    "PendingView",
    "PersonView",
    "PlanStepView",
    "PointView",
    "ProofView",
    "QueueRow",
    "ReceiptView",
    "ResultView",
    "SituationView",
    "StepView",
    "TimelineEntry",
]
