"""Reading filings, cases and parts. Views come from ``cases/views.py``; lists mask persons."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.views import CaseView, FilingRow, FilingView, Page, PartView, QueueRow, ReceiptView
from tongban.kernel.people import Actor


def filings_of(actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[FilingRow]:
    """The actor's own filings, newest first."""
    raise NotImplementedError


def filing_view(actor: Actor, filing_id: UUID) -> FilingView:
    """One filing for its applicant or the window that took it in. Refusal request.not_found for everybody else."""
    raise NotImplementedError


draft_view = filing_view


def receipt_view(actor: Actor, filing_id: UUID) -> ReceiptView:
    """The intake receipt of a submitted filing."""
    raise NotImplementedError


def desk_queue(
    actor: Actor, kind: str, cursor: str | None = None, filter: str | None = None, limit: int = 20
) -> Page[QueueRow]:
    """Work of the actor's posts, by deadline. ``kind``: cases | parts | filings; ``filter``: open (default) | all |
    overdue | a status."""
    raise NotImplementedError


def case_view(actor: Actor, case_id: UUID) -> CaseView:
    """A case this node owns, for a reviewer whose post covers it. Record the access first: ``actions.reading``."""
    raise NotImplementedError


def part_view(actor: Actor, part_id: UUID) -> PartView:
    """A part this node owns, for a reviewer whose post covers it."""
    raise NotImplementedError


def filing_version(actor: Actor, filing_id: UUID) -> int:
    """The number to give back as ``seen`` (the API's ETag)."""
    raise NotImplementedError
