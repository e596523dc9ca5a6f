"""When a guide is looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.upkeep import MOST_AHEAD, REVIEW_WITHIN, may_be_next, review_due

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@pytest.mark.req("R-040")
def test_a_guide_nobody_looked_at_is_due_half_a_year_after_it_began() -> None:
    assert review_due(date(2026, 1, 1), None, None) == date(2026, 7, 2)


def test_what_was_agreed_at_the_last_review_holds_until_a_new_version_begins() -> None:
    begun, looked, agreed = date(2026, 1, 1), date(2026, 6, 1), date(2026, 9, 1)
    assert review_due(begun, looked, agreed) == agreed
    assert review_due(date(2026, 8, 1), looked, agreed) == date(2026, 8, 1) + REVIEW_WITHIN


@given(DAYS, DAYS, DAYS)
def test_a_new_version_never_brings_the_review_nearer(begun: date, looked: date, agreed: date) -> None:
    due = review_due(begun, looked, agreed)
    assert due == agreed if begun <= looked else due >= max(agreed, begun + REVIEW_WITHIN)


@given(DAYS, st.integers(-5, 400))
def test_the_next_review_lies_ahead_and_within_a_year(today: date, days: int) -> None:
    assert may_be_next(today + timedelta(days=days), today) == (0 < days <= MOST_AHEAD.days)
