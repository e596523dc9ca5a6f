"""Bringing the result to the applicant: on the page, or over the counter (R-085)."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingResultDelivered
from tongban.cases.queries.loading import Loaded, load_filing
from tongban.cases.rules.lifecycle.filing import Step
from tongban.cases.rules.modes import Mode, duties
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act

from .planning import planned


@action
def hand_over(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Proxy: the clerk handed the result to the applicant at the window."""
    return _deliver(act, load_filing(filing_id), Step.HAND_OVER, seen=seen)


@action
def deliver_result(act: Act, filing_id: UUID) -> UUID:
    """The result stands on the applicant's page; this node says so once. Nothing where a window hands over."""
    loaded = load_filing(filing_id)
    if loaded.facts.delivered or duties(Mode(loaded.row.mode)).delivery != "electronic":
        raise Unchanged(filing_id)
    return _deliver(act, loaded, Step.DELIVER_ELECTRONICALLY, seen=None)


def _deliver(act: Act, loaded: Loaded, step: Step, *, seen: int | None) -> UUID:
    row = loaded.row
    plan = planned(act, loaded, step, seen=seen)
    assert loaded.mirror is not None and row.number is not None
    method = duties(Mode(row.mode)).delivery
    compare_and_set(row, status=plan.status, delivered_at=act.at, delivery_method=method)
    record(
        FilingResultDelivered(
            subject_id=row.id,
            filing_number=row.number,
            case_id=loaded.mirror.case_id,
            method=method,
            competent_node=row.competent_node,
        )
    )
    return row.id
