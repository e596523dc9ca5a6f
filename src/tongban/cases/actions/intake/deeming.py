"""Silence counts as acceptance."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions import clocks, pinning
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CaseAccepted
from tongban.cases.queries.loading import load_case
from tongban.cases.rules import deadlines
from tongban.cases.rules.lifecycle.case import Status, Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.time import local_date


@action
def deem_accepted(act: Act, case_id: UUID) -> UUID:
    """Five working days passed and nothing was told: accepted as of the day of receipt (行政许可法 §32)."""
    row, facts = load_case(case_id)
    if facts.status is not Status.RECEIVED:
        raise Unchanged(case_id)
    plan = plan_case(act, row, facts, Step.DEEM_ACCEPTED, seen=None)
    version, received_on = pinning.pinned_version(row), row.tell_started_on
    days = deadlines.handling_days(version.promised_days, version.statutory_days)
    columns, due = clocks.handling(row, days, from_on=received_on, on=local_date(act.at))
    compare_and_set(row, status=plan.status, accepted_on=received_on, deemed=True, **columns)
    record(
        CaseAccepted(
            **about(row),
            deemed=True,
            accepted_on=received_on,
            handling_days=days,
            handling_due=clocks.said(due),
        )
    )
    return case_id
