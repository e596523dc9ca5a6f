"""Wishing to withdraw. The owner of the case answers with its own fact (decision 5)."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingWithdrawalRequested
from tongban.cases.queries.loading import load_filing
from tongban.cases.rules.lifecycle.filing import Step
from tongban.journal.action import action, record
from tongban.kernel.people import Act

from .planning import planned


@action
def request_withdrawal(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Say that the applicant no longer wants it; refused in joint handling, and once a decision is known."""
    loaded = load_filing(filing_id)
    row = loaded.row
    plan = planned(act, loaded, Step.REQUEST_WITHDRAWAL, seen=seen)
    assert row.number is not None
    compare_and_set(row, status=plan.status, status_since=act.at)
    record(
        FilingWithdrawalRequested(
            subject_id=filing_id,
            filing_number=row.number,
            revision=row.revision,
            competent_node=row.competent_node,
            case_id=loaded.mirror.case_id if loaded.mirror else None,
        )
    )
    return filing_id
