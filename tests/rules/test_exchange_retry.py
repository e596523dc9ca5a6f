"""Back-off spreads and is capped; only what the receiver refuses for good is parked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongban.exchange.rules import retry
from tongban.exchange.rules.retry import Attempt, Fate, backoff, fate, read_answer


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_never_zero_and_never_longer_than_a_minute(failures, chance):
    assert 0.25 <= backoff(failures, chance).total_seconds() <= retry.LONGEST_DELAY


@given(st.integers(1, 10_000))
def test_two_senders_do_not_return_at_the_same_instant(failures):
    assert backoff(failures, 0.0) < backoff(failures, 0.9)


def test_no_failure_no_pause():
    assert backoff(0, 0.5).total_seconds() == 0


@given(st.integers(1, 10**6), st.text(max_size=20))
def test_a_fault_of_the_receiver_is_never_a_reason_to_park(tries, code):
    assert fate(Attempt(code=code, whose="receiver"), tries) is Fate.RETRY


@given(st.integers(1, 10**6))
def test_a_wrong_signature_is_parked_at_once(tries):
    answer = read_answer({"problem": {"code": "signature.wrong", "whose": "sender", "retry": False}})
    assert fate(answer, tries) is Fate.PARKED


def test_what_time_may_heal_is_tried_for_a_while_and_then_parked():
    attempt = read_answer({"problem": {"code": "key.unknown", "whose": "nobody", "retry": True}})
    assert fate(attempt, 1) is Fate.RETRY
    assert fate(attempt, retry.TRIES_WHEN_DOUBTFUL) is Fate.PARKED


JUNK = st.one_of(st.none(), st.integers(), st.lists(st.none()))


@given(st.dictionaries(st.sampled_from(["receipt", "problem", "x"]), JUNK))
def test_an_unreadable_answer_never_counts_as_delivered_and_never_parks(answer):
    attempt = read_answer(answer)
    assert attempt.receipt is None
    assert fate(attempt, 1) is Fate.RETRY
