"""How long an answer is waited for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongban.exchange.rules.patience import FIRST, LEAST, MOST, Patience


def after(*answers: float) -> Patience:
    found = Patience()
    for seconds in answers:
        found = found.answered(seconds)
    return found


def test_a_peer_never_heard_is_given_the_first_time_and_a_quick_one_the_least():
    assert Patience().seconds == FIRST
    assert after(*[0.05] * 20).seconds == LEAST


def test_a_slow_but_steady_peer_is_waited_for_and_one_that_varies_longer_still():
    steady, varying = after(*[5.0] * 30), after(*[2.0, 8.0] * 15)
    assert 5.0 < steady.seconds < 6.0
    assert varying.seconds > 10.0


def test_every_time_out_doubles_the_wait_and_an_answer_ends_that():
    found = after(*[1.0] * 30)
    once, twice = found.timed_out(), found.timed_out().timed_out()
    assert (once.seconds, twice.seconds) == (2 * found.seconds, 4 * found.seconds)
    assert twice.answered(1.0).doubled == 0


@given(st.lists(st.one_of(st.floats(0, 1e6), st.none()), max_size=50))
def test_the_wait_always_stays_within_its_bounds(events):
    found = Patience()
    for seconds in events:
        found = found.timed_out() if seconds is None else found.answered(seconds)
        assert LEAST <= found.seconds <= MOST
