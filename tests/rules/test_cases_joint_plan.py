"""The plan of joint handling: whose turn it is, and what follows from the answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.rules.joint import Outcome, PlanStep, next_step, outcome
from tongban.cases.rules.lifecycle.part import Status

PLAN = tuple(
    PlanStep(key, seq, "44" if seq != 2 else "63", "440300", 15) for seq, key in enumerate("abc", start=1)
)
ANSWER = st.sampled_from([None, Status.COMPLETED, Status.REFUSED, Status.LAPSED])


@pytest.mark.req("R-089")
def test_parts_are_called_one_after_another():
    assert next_step(PLAN, {}).key == "a"
    assert next_step(PLAN, {"a": None}) is None
    assert next_step(PLAN, {"a": Status.COMPLETED}).key == "b"
    assert next_step(PLAN, {"a": Status.COMPLETED, "b": Status.REFUSED}) is None
    assert next_step(PLAN, dict.fromkeys("abc", Status.COMPLETED)) is None


@pytest.mark.req("R-089")
def test_the_lead_concludes_when_the_parts_have_answered():
    assert outcome(PLAN, {}) is None
    assert outcome(PLAN, dict.fromkeys("ab", Status.COMPLETED)) is None
    assert outcome(PLAN, dict.fromkeys("abc", Status.COMPLETED)) is Outcome.GRANTED
    assert outcome(PLAN, {"a": Status.COMPLETED, "b": Status.REFUSED}) is Outcome.DENIED
    assert outcome(PLAN, {"a": Status.LAPSED}) is Outcome.LAPSED
    assert outcome((), {}) is None


@given(st.lists(ANSWER, max_size=3))
def test_the_lead_either_waits_calls_or_concludes_never_two_of_them(answers):
    given_ = dict(zip("abc", answers, strict=False))
    concluded, turn = outcome(PLAN, given_), next_step(PLAN, given_)
    waits = None in given_.values()
    assert (concluded is not None) + (turn is not None) <= 1 or waits
    if not waits and all(a is Status.COMPLETED for a in answers):
        assert (concluded is not None) != (turn is not None)


@given(st.permutations(PLAN))
def test_the_order_is_that_of_the_numbers_not_of_the_list(plan):
    assert next_step(plan, {}).key == "a"
