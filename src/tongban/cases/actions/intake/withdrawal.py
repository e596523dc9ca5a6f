"""The applicant wishes to withdraw; the owner of the case answers (decision 5)."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions import clocks
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CaseClosed, CaseWithdrawalRefused
from tongban.cases.queries.loading import case_of_filing
from tongban.cases.rules.lifecycle.case import CloseReason, Step, obstacle
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.time import local_date
from tongban_wire import messages


@action
def answer_withdrawal(act: Act, said: messages.FilingWithdrawalRequested, heard: Heard) -> UUID:
    """Close the case as withdrawn, or say that it is too late and why. One answer per wish."""
    row, facts = case_of_filing(said.filing_id, heard.sender)
    if row.withdrawal_heard_position is not None and heard.position <= row.withdrawal_heard_position:
        raise Unchanged(row.id)
    if obstacle(facts, Step.CLOSE_WITHDRAWN, act.at) is None:
        plan = plan_case(act, row, facts, Step.CLOSE_WITHDRAWN, seen=None)
        compare_and_set(
            row,
            status=plan.status,
            correction_from=None,
            close_reason=CloseReason.WITHDRAWN,
            closed_at=act.at,
            withdrawal_heard_position=heard.position,
            **clocks.stopped(row, local_date(act.at)),
        )
        record(CaseClosed(**about(row), reason=CloseReason.WITHDRAWN))
        return row.id
    plan_case(act, row, facts, Step.REFUSE_WITHDRAWAL, seen=None)
    compare_and_set(row, withdrawal_heard_position=heard.position)
    reason = "state.withdrawal_not_in_joint" if row.mode == "joint" else "state.already_decided"
    record(CaseWithdrawalRefused(**about(row), reason=reason))
    return row.id
