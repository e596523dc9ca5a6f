"""The rules that come from the law: telling once, deemed acceptance, clocks in working days, reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.rules import corrections, deadlines
from tongban.cases.rules.corrections import PointFacts
from tongban.kernel.problems import Refusal
from tongban.kernel.time import Calendar, Due, working_days_between

CALENDAR = Calendar(
    "test", date(2026, 12, 31), {date(2026, 10, d): False for d in range(1, 8)} | {date(2026, 10, 10): True}
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
POINT = PointFacts("p1", "answer:chip", "wrong", "请改正")
TARGETS = frozenset({"answer:chip", "material:photo"})


def tell_once_due(received_on: date) -> Due:
    """The last day to tell everything missing, as the case's own clock has it."""
    due = deadlines.start(corrections.TELL_ONCE_DAYS, received_on, CALENDAR).due
    assert due is not None
    return due


@pytest.mark.req("R-109")
def test_article_32_five_working_days_from_receipt():
    # received on Monday 28 September 2026; National Day until 7 October; 10 October (Saturday) is worked
    due = tell_once_due(date(2026, 9, 28))
    assert (due.on, due.estimated, due.calendar_version) == (date(2026, 10, 10), False, "test")
    assert not corrections.is_deemed_accepted(date(2026, 10, 10), due.on)
    assert corrections.is_deemed_accepted(date(2026, 10, 11), due.on)


@given(DAYS)
def test_there_are_always_exactly_five_working_days_to_tell(received_on):
    due = tell_once_due(received_on)
    assert working_days_between(received_on, due.on, CALENDAR) == 5
    assert CALENDAR.is_working_day(due.on)


@pytest.mark.req("R-109")
@pytest.mark.parametrize(("round", "after", "needs"), [(1, False, False), (2, False, True), (1, True, True)])
def test_only_the_first_request_in_time_needs_no_reason(round, after, needs):
    def ask(reason):
        corrections.check_request(
            [POINT], round=round, after_acceptance=after, reason=reason, targets=TARGETS
        )

    ask("材料新变化")
    for empty in (None, "", "  "):
        if not needs:
            ask(empty)
            continue
        with pytest.raises(Refusal) as refused:
            ask(empty)
        assert refused.value.code == "state.correction_reason_missing"


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ([], None),
        ([PointFacts("p", "answer:chip", "wrong", "  ")], "points.0.text"),
        ([PointFacts("p", "answer:tail", "wrong", "x")], "points.0.target"),
        ([PointFacts("p", "answer:chip", "ugly", "x")], "points.0.code"),
        ([POINT, POINT], "points.1.key"),
    ],
)
def test_every_point_has_a_target_a_fault_and_a_wording(points, field):
    with pytest.raises(Refusal) as refused:
        corrections.check_request(points, round=1, after_acceptance=False, reason=None, targets=TARGETS)
    assert refused.value.code == "state.correction_points_missing"
    assert set(refused.value.fields) == ({field} if field else set())


@given(
    st.sets(st.sampled_from("abc"), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", " ", "好"])),
)
def test_an_answer_covers_all_points_and_nothing_else(points, answers):
    complete = set(answers) == points and all(a.strip() for a in answers.values())
    try:
        corrections.check_answers(points, answers)
    except Refusal as refusal:
        assert not complete and refusal.code == "state.correction_answers_missing" and refusal.fields
    else:
        assert complete


@pytest.mark.parametrize(
    ("open_round", "answers", "fits"), [(1, 1, True), (2, 1, False), (None, 1, False), (1, 2, False)]
)
def test_a_revision_counts_for_the_round_it_answers(open_round, answers, fits):
    assert corrections.answers_the_open_round(open_round, answers) is fits


@pytest.mark.req("R-111")
def test_a_stopped_clock_keeps_its_rest_and_goes_on_with_it():
    clock = deadlines.start(10, date(2026, 11, 2), CALENDAR)  # a Monday
    assert clock.due.on == date(2026, 11, 16)
    assert deadlines.remaining(clock, date(2026, 11, 4), CALENDAR) == 8
    stopped = deadlines.stop(clock, date(2026, 11, 4), CALENDAR)
    assert (stopped.used, stopped.due, deadlines.remaining(stopped, date(2027, 1, 1), CALENDAR)) == (
        2,
        None,
        8,
    )
    assert deadlines.stop(stopped, date(2026, 12, 1), CALENDAR) == stopped
    going = deadlines.resume(stopped, date(2026, 11, 20), CALENDAR)
    assert (going.due.on, deadlines.remaining(going, date(2026, 11, 20), CALENDAR)) == (date(2026, 12, 2), 8)
    assert deadlines.remaining(going, date(2026, 12, 4), CALENDAR) == -2
    assert deadlines.resume(going, date(2026, 11, 27), CALENDAR) == going


@given(st.integers(1, 30), DAYS, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_stopping_never_costs_or_gives_a_working_day(days, started_on, stops):
    clock, on, running = deadlines.start(days, started_on, CALENDAR), started_on, 0
    for run, rest in stops:
        stop_on = on + timedelta(days=run)
        running += working_days_between(on, stop_on, CALENDAR)
        clock = deadlines.stop(clock, stop_on, CALENDAR)
        on = stop_on + timedelta(days=rest)
        clock = deadlines.resume(clock, on, CALENDAR)
        assert clock.used == running
    left = days - running
    if left > 0:
        assert (
            working_days_between(on, clock.due.on, CALENDAR)
            == left
            == deadlines.remaining(clock, on, CALENDAR)
        )
    else:
        assert clock.due.on == on


def test_a_due_date_beyond_the_official_calendar_is_marked_estimated():
    assert deadlines.start(20, date(2026, 12, 20), CALENDAR).due.estimated
    assert not deadlines.start(5, date(2026, 12, 1), CALENDAR).due.estimated


def test_the_promised_limit_goes_before_the_statutory_one_and_the_law_fills_the_gap():
    assert deadlines.handling_days(5, 20) == 5
    assert deadlines.handling_days(None, 15) == 15
    assert deadlines.handling_days(None, None) == 20  # 行政许可法 §42


@given(DAYS, st.integers(1, 20))
def test_a_part_lapses_as_long_after_its_limit_as_the_limit_is(opened_on, limit):
    due = deadlines.start(limit, opened_on, CALENDAR).due
    lapse = deadlines.lapses_on(opened_on, limit, CALENDAR)
    assert working_days_between(due.on, lapse.on, CALENDAR) == limit
