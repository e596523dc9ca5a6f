"""When a guide is to be looked at again (R-040: accurate and current). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

REVIEW_WITHIN: Final = timedelta(days=182)
"""A guide nobody has looked at since it was published is looked at within half a year. Our reading: no source names a
period."""
MOST_AHEAD: Final = timedelta(days=366)


def review_due(valid_from: date, reviewed_on: date | None, agreed: date | None) -> date:
    """The day by which the guide is looked at again. A version published since the last review counts as a look: its
    own half year runs, if that ends later than what was agreed."""
    if agreed is None or reviewed_on is None or valid_from > reviewed_on:
        return max(valid_from + REVIEW_WITHIN, agreed or date.min)
    return agreed


def may_be_next(next_on: date, today: date) -> bool:
    """A next review lies ahead, and within a year."""
    return today < next_on <= today + MOST_AHEAD
