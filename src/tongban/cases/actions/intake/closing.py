"""Closing a case when nothing is left to do."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CaseClosed
from tongban.cases.queries.loading import load_case
from tongban.cases.rules.lifecycle.case import CloseReason, Status, Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act


@action
def close(act: Act, case_id: UUID) -> UUID:
    """The result was delivered, or the filing was not accepted. Closed already: nothing."""
    row, facts = load_case(case_id)
    if facts.status is Status.CLOSED:
        raise Unchanged(case_id)
    plan = plan_case(act, row, facts, Step.CLOSE, seen=None)
    not_accepted = facts.status is Status.NOT_ACCEPTED
    reason = CloseReason.NOT_ACCEPTED if not_accepted else CloseReason.COMPLETED
    compare_and_set(row, status=plan.status, close_reason=reason, closed_at=act.at)
    record(CaseClosed(**about(row), reason=reason))
    return case_id
