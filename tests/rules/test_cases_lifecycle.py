"""The transition tables of filing, case and part: complete, unambiguous, and read by one function each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases import events
from tongban.cases.rules.lifecycle import case, filing, part
from tongban.cases.rules.lifecycle.table import Clock
from tongban.cases.rules.modes import RESPONSIBILITY, Doer, Mode, Side, doers
from tongban.cases.rules.stage import Stage, stage_of, stage_of_case
from tongban.kernel.problems import Refusal
from tongban.ui.words import WORDS

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
TABLES = {filing: filing.TRANSITIONS, case: case.TRANSITIONS, part: part.TRANSITIONS}


def a_filing(**changes):
    plain = filing.FilingFacts(
        uuid4(), "44", filing.Status.SUBMITTED, "online", "self", "applicant:x:y", "440300", None
    )
    return replace(plain, **changes)


def a_case(**changes):
    plain = case.CaseFacts(
        uuid4(),
        "63",
        case.Status.RECEIVED,
        "online",
        "630100",
        None,
        "pets",
        tell_once_due_on=date(2026, 12, 1),
    )
    return replace(plain, **changes)


def a_part(**changes):
    plain = part.PartFacts(uuid4(), "63", part.Status.OPEN, "630100", "pets", lapses_on=date(2026, 12, 1))
    return replace(plain, **changes)


@pytest.mark.parametrize("life", TABLES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_status_is_reached_and_every_step_is_used(life):
    table = TABLES[life]
    start = {filing: filing.Status.DRAFT, case: case.Status.RECEIVED, part: part.Status.OPEN}[life]
    reached = {start} | {to.status for to in table.values() if to.status is not None}
    assert reached == set(life.Status)
    assert {step for _, step in table} == set(life.Step)


@pytest.mark.parametrize("life", TABLES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_transition_records_an_event_of_its_subject(life):
    for to in TABLES[life].values():
        assert to.says in events.EVENTS
        assert to.says.subject_type == life.__name__.rpartition(".")[2]


def test_no_two_tables_use_the_same_step():
    steps = [step.value for life in TABLES for step in life.Step]
    assert len(steps) == len(set(steps)) == len(RESPONSIBILITY)


@pytest.mark.req("R-087", "R-116")
def test_every_step_belongs_to_exactly_one_side_and_somebody_takes_it_in_every_mode():
    for step, side in RESPONSIBILITY.items():
        for mode in Mode:
            who = doers(step, mode)
            assert who
            assert (Doer.REVIEWER in who) <= (side is not Side.INTAKE)
            assert (Doer.WINDOW in who or Doer.APPLICANT in who) <= (side is Side.INTAKE)


@given(st.sampled_from(case.Status), st.sampled_from(case.Step), st.sampled_from(["online", "joint"]),
       st.integers(0, 2), st.booleans(), st.integers(-3, 12))  # fmt: skip
def test_a_plan_of_a_case_exists_exactly_when_there_is_no_obstacle(status, step, mode, missing, told, days):
    facts = a_case(
        status=status, mode=mode, attachments_missing=missing,
        tell_once_due_on=None if told else date(2026, 12, 1),
        correction_from=case.Status.ACCEPTED if status is case.Status.CORRECTION else None,
    )  # fmt: skip
    at = AT + timedelta(days=days)
    refused = case.obstacle(facts, step, at)
    if refused is None:
        assert case.plan(facts, step, at).status in case.Status
    else:
        with pytest.raises(Refusal) as raised:
            case.plan(facts, step, at)
        assert raised.value == refused


@given(st.sampled_from(filing.Status), st.sampled_from(filing.Step), st.sampled_from(["online", "proxy", "joint"]),
       st.booleans(), st.sampled_from([None, "granted"]), st.booleans(), st.sampled_from([None, 1]))  # fmt: skip
def test_a_plan_of_a_filing_exists_exactly_when_there_is_no_obstacle(
    status, step, mode, checked, outcome, delivered, round
):
    facts = a_filing(
        status=status, mode=mode, channel="window" if mode == "proxy" else "self", checks_recorded=checked,
        outcome=outcome, delivered=delivered, open_round=round,
    )  # fmt: skip
    refused = filing.obstacle(facts, step, AT)
    if refused is None:
        assert filing.plan(facts, step, AT).status in filing.Status
    else:
        with pytest.raises(Refusal):
            filing.plan(facts, step, AT)


def test_a_refusal_says_what_is_possible_instead():
    refused = case.obstacle(a_case(), case.Step.DELIVER, AT)
    assert refused.code == "state.step_not_possible"
    assert "accept" in refused.params["possible"] and "deliver" not in refused.params["possible"]


@pytest.mark.parametrize("lifecycle", [filing, case, part])
def test_every_step_that_is_not_possible_says_what_is_awaited_in_a_word_people_read(lifecycle):
    said = {lifecycle.why_not(status, step) for status in lifecycle.Status for step in lifecycle.Step}
    assert said <= set(WORDS["why_not"])


def test_the_reasons_name_what_has_to_come_first():
    received, correction = a_case(), a_case(status=case.Status.CORRECTION, correction_from=case.Status.RECEIVED)
    assert case.obstacle(received, case.Step.GRANT, AT).params["why"] == "accept_first"
    assert case.obstacle(correction, case.Step.GRANT, AT).params["why"] == "await_correction"
    sent = a_filing(status=filing.Status.SUBMITTED)
    assert filing.obstacle(sent, filing.Step.SUBMIT, AT).params["why"] == "already_sent"
    ended = a_filing(status=filing.Status.CONCLUDED)
    assert filing.obstacle(ended, filing.Step.REQUEST_WITHDRAWAL, AT).params["why"] == "over"


def test_a_correction_returns_to_where_it_was_asked_from():
    for origin in (case.Status.RECEIVED, case.Status.ACCEPTED):
        asked = a_case(status=case.Status.CORRECTION, correction_from=origin)
        plan = case.plan(asked, case.Step.TAKE_CORRECTION, AT)
        assert (plan.status, plan.clock) == (origin, Clock.RESUME)


def test_nothing_is_decided_before_all_attachments_have_arrived():
    waiting = a_case(status=case.Status.ACCEPTED, attachments_missing=2)
    for step in (case.Step.GRANT, case.Step.DENY):
        refused = case.obstacle(waiting, step, AT)
        assert (refused.code, refused.params) == ("state.attachments_pending", {"missing": 2})
        assert case.obstacle(replace(waiting, attachments_missing=0), step, AT) is None


def test_a_joint_case_is_decided_by_its_parts_and_no_other_case_is():
    for step in (case.Step.GRANT, case.Step.DENY):
        assert (
            case.obstacle(a_case(status=case.Status.ACCEPTED, mode="joint"), step, AT).code == "state.decided_by_parts"
        )
    for step in (case.Step.GRANT_BY_PARTS, case.Step.CALL_PART, case.Step.CLOSE_LAPSED):
        assert case.obstacle(a_case(status=case.Status.ACCEPTED, mode="joint"), step, AT) is None
        assert case.obstacle(a_case(status=case.Status.ACCEPTED), step, AT) is not None


def test_after_the_last_day_to_tell_only_deemed_acceptance_is_left():
    late = AT + timedelta(days=9)
    for step in (case.Step.ACCEPT, case.Step.NOT_ACCEPT, case.Step.REQUEST_CORRECTION):
        assert case.obstacle(a_case(), step, AT) is None
        assert case.obstacle(a_case(), step, late).code == "state.deemed_accepted"
    assert case.obstacle(a_case(), case.Step.DEEM_ACCEPTED, late) is None
    assert case.obstacle(a_case(), case.Step.DEEM_ACCEPTED, AT) is not None


def test_the_last_day_to_tell_is_a_day_of_shanghai():
    due = a_case(tell_once_due_on=date(2026, 12, 1))
    last_minute = datetime(2026, 12, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert case.obstacle(due, case.Step.ACCEPT, last_minute) is None
    assert case.obstacle(due, case.Step.ACCEPT, last_minute + timedelta(minutes=1)).code == "state.deemed_accepted"


def test_a_part_lapses_only_after_its_time_and_is_decided_once():
    assert part.obstacle(a_part(), part.Step.LAPSE, AT) is not None
    assert part.obstacle(a_part(), part.Step.LAPSE, AT + timedelta(days=9)) is None
    for status in (part.Status.COMPLETED, part.Status.REFUSED):
        assert part.obstacle(a_part(status=status), part.Step.REFUSE, AT).code == "state.already_decided"
    assert part.obstacle(a_part(attachments_missing=1), part.Step.COMPLETE, AT).code == "state.attachments_pending"


def test_a_window_forwards_only_with_both_checks_and_all_in_order():
    draft = a_filing(status=filing.Status.DRAFT, mode="proxy", channel="window")
    assert filing.obstacle(draft, filing.Step.SUBMIT, AT).code == "state.checks_missing"
    failed = replace(draft, checks_recorded=True, checks_failed=("photo",))
    assert filing.obstacle(failed, filing.Step.SUBMIT, AT).params == {"failed": ["photo"]}
    assert filing.obstacle(replace(draft, checks_recorded=True), filing.Step.SUBMIT, AT) is None


def test_every_combination_of_filing_and_case_has_a_stage():
    for status in filing.Status:
        for there in (None, *case.Status):
            reason = case.CloseReason.COMPLETED if there is case.Status.CLOSED else None
            for answered in (True, False):
                assert stage_of(status, there, reason, answered=answered, delivered=False) in Stage
    assert {stage_of_case(case.Status.CLOSED, reason) for reason in case.CloseReason} == {
        Stage.COMPLETED, Stage.WITHDRAWN, Stage.NOT_ACCEPTED, Stage.LAPSED,
    }  # fmt: skip
