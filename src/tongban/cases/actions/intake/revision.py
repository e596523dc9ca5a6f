"""A further revision arrives."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions import clocks
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CaseCorrectionTaken
from tongban.cases.models import CorrectionRound, FilingCopy
from tongban.cases.queries.loading import case_of_filing
from tongban.cases.rules import corrections
from tongban.cases.rules.lifecycle.case import Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban_wire import messages

from .copying import keep_copy


@action
def take_revision(act: Act, said: messages.FilingRevised, heard: Heard) -> UUID:
    """It answers the open round: the case returns to where it was, its clock goes on. Hearing it again: nothing.

    What counts is the round that the revision answers, not when it arrives.
    """
    if FilingCopy.objects.filter(filing_id=said.filing_id, revision=said.revision).exists():
        raise Unchanged(said.filing_id)
    row, facts = case_of_filing(said.filing_id, heard.sender)
    plan = plan_case(act, row, facts, Step.TAKE_CORRECTION, seen=None)
    if not corrections.answers_the_open_round(facts.open_round, said.answers_round):
        raise Refusal(
            "state.step_not_possible",
            step=Step.TAKE_CORRECTION.value,
            why="answers_another_round",
            open_round=facts.open_round,
        )
    keep_copy(act, said, heard)
    columns, tell_due, work_due = clocks.resumed(row, local_date(act.at))
    compare_and_set(row, status=plan.status, correction_from=None, revision=said.revision, **columns)
    CorrectionRound.objects.filter(case=row, number=said.answers_round).update(
        answered_by_revision=said.revision, answered_at=act.at
    )
    record(
        CaseCorrectionTaken(
            **about(row),
            round=said.answers_round,
            revision=said.revision,
            returns_to=plan.status,
            tell_once_due=clocks.said(tell_due) if tell_due else None,
            handling_due=clocks.said(work_due) if work_due else None,
        )
    )
    return row.id
