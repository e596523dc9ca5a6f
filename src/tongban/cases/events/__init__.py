"""What this slice announces. Codes, references, digests, numbers and dates; what is personal stands in ``personal``.

Every event names the nodes that must hear of it (``intake_node``, ``competent_node``, ``lead_node``, ``node``), so that
the border can be a pure function of the event. ``subject_type`` says in whose chain it stands:

- ``filing``: at the place of intake;  ``filing_copy``: the same filing as another node received it;
- ``case``: at the competent place;    ``part``: at the place that owns the step of a joint plan.
"""

from __future__ import annotations

from typing import Final

from .case import (
    CaseAccepted,
    CaseClosed,
    CaseCorrectionRequested,
    CaseCorrectionTaken,
    CaseDecided,
    CaseDelivered,
    CaseEvent,
    CaseNotAccepted,
    CaseOpened,
    CasePartNoted,
    CaseRebased,
    CaseWithdrawalRefused,
    PartCalled,
    PartRebased,
)
from .filing import (
    FilingCaseNoted,
    FilingChecksRecorded,
    FilingConcluded,
    FilingDeclined,
    FilingDeclineNoted,
    FilingDiscarded,
    FilingDraftSaved,
    FilingEvent,
    FilingResultDelivered,
    FilingRevised,
    FilingStarted,
    FilingSubmitted,
    FilingWithdrawalRequested,
)
from .part import (
    PartDecided,
    PartEvent,
    PartLapsed,
    PartOpened,
    PartVersionTaken,
)
from .words import (
    Attachment,
    ChecksMade,
    CorrectionPoint,
    DueDate,
    ItemRef,
)

__all__ = [
    "EVENTS",
    "Attachment",
    "CaseAccepted",
    "CaseClosed",
    "CaseCorrectionRequested",
    "CaseCorrectionTaken",
    "CaseDecided",
    "CaseDelivered",
    "CaseEvent",
    "CaseNotAccepted",
    "CaseOpened",
    "CasePartNoted",
    "CaseRebased",
    "CaseWithdrawalRefused",
    "ChecksMade",
    "CorrectionPoint",
    "DueDate",
    "FilingCaseNoted",
    "FilingChecksRecorded",
    "FilingConcluded",
    "FilingDeclineNoted",
    "FilingDeclined",
    "FilingDiscarded",
    "FilingDraftSaved",
    "FilingEvent",
    "FilingResultDelivered",
    "FilingRevised",
    "FilingStarted",
    "FilingSubmitted",
    "FilingWithdrawalRequested",
    "ItemRef",
    "PartCalled",
    "PartDecided",
    "PartEvent",
    "PartLapsed",
    "PartOpened",
    "PartRebased",
    "PartVersionTaken",
]

EVENTS: Final = (
    FilingStarted, FilingDraftSaved, FilingDiscarded, FilingChecksRecorded, FilingSubmitted, FilingRevised,
    FilingWithdrawalRequested, FilingResultDelivered, FilingConcluded, FilingDeclineNoted, FilingCaseNoted,
    FilingDeclined,
    CaseOpened, CaseCorrectionRequested, CaseCorrectionTaken, CaseAccepted, CaseNotAccepted, CaseDecided,
    CaseDelivered, CaseClosed, CaseWithdrawalRefused, CaseRebased, PartCalled, PartRebased,
    CasePartNoted, PartOpened, PartVersionTaken, PartDecided, PartLapsed,
)  # fmt: skip
"""Every event of the slice, in the order of this page."""
