"""The tables of the slice, by noun. What a node owns, and the mirrors of what others own.

Every rule about a state has its twin here: a named constraint with a sentence. Personal columns are sealed
(``*_sealed``); an identity number can be found by its blind index. Official numbers stay null until an authority
gives one (decision 7).
"""

from __future__ import annotations

from .case import Case, CorrectionPoint, CorrectionRound, FilingCopy
from .filing import Filing, FilingChecks, FilingRevision
from .mirror import CaseMirror, CorrectionMirror, PartMirror
from .part import Part
from .rebasing import CaseRebasing, PartRebasing

__all__ = [
    "Case", "CaseMirror", "CaseRebasing", "CorrectionMirror", "CorrectionPoint", "CorrectionRound", "Filing",
    "FilingChecks", "FilingCopy", "FilingRevision", "Part", "PartMirror", "PartRebasing",
]  # fmt: skip
