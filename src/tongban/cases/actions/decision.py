"""The decision of the competent place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.journal.action import action
from tongban.kernel.people import Act


@dataclass(frozen=True, slots=True)
class ResultDraft:
    """What is granted: the document's number, its last day, and a wording for the applicant."""

    number: str | None = None
    valid_until: date | None = None
    text: str = ""


@action
def grant(act: Act, case_id: UUID, *, result: ResultDraft, seen: int) -> UUID:
    """准予. Refused in joint handling, where the parts decide (state.decided_by_parts)."""
    raise NotImplementedError


@action
def deny(act: Act, case_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """不予, with ``reasons`` (code → wording)."""
    raise NotImplementedError
