"""The place of intake brought the result to the applicant."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CaseDelivered
from tongban.cases.queries.loading import case_of_filing
from tongban.cases.rules.lifecycle.case import Step
from tongban.cases.rules.modes import Mode, duties
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban_wire import messages


@action
def note_delivery(act: Act, said: messages.FilingResultDelivered, heard: Heard) -> UUID:
    """送达: delivered, when and how. Hearing it again: nothing. Refuses a way that this mode does not know."""
    row, facts = case_of_filing(said.filing_id, heard.sender)
    if row.delivered_at is not None:
        raise Unchanged(row.id)
    if said.method != duties(Mode(row.mode)).delivery:
        raise Refusal("peer.message_refused", why="method")
    plan = plan_case(act, row, facts, Step.DELIVER, seen=None)
    compare_and_set(row, status=plan.status, delivered_at=heard.at, delivery_method=said.method)
    record(CaseDelivered(**about(row), method=said.method))
    return row.id
