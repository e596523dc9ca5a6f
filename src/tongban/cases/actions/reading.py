"""Staff opening a person's file: the access is recorded and committed before anything is read (decision 15)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from tongban.cases.views import CaseView, FilingView, PartView
from tongban.kernel.people import Act


def open_case_file(
    act: Act, kind: Literal["case", "part", "filing"], id: UUID
) -> CaseView | PartView | FilingView:
    """The full view for staff. Raises Refusal request.not_found or permission.denied, before any record or read."""
    raise NotImplementedError
