"""Two clocks, in working days: telling once, and handling (decision 11, X-20, R-111).

A clock counts the working days after the day it starts (行政许可法 §82, 民法典 §201). Stopped, it keeps what it has
used; resumed, it goes on with the rest. Its owner computes the due date and names the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tongban.kernel.time import (
    Calendar,
    Due,
    due_after_working_days,
    remaining_working_days,
    working_days_between,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A period of ``days`` working days. ``used`` were spent before ``running_since``; stopped, both that and ``due``
    are None."""

    days: int
    started_on: date
    used: int
    running_since: date | None
    due: Due | None


def start(days: int, on: date, calendar: Calendar) -> Clock:
    """A fresh clock: its first working day is the one after ``on``; with no days (即办) it is due on ``on`` itself."""
    due = due_after_working_days(on, days, calendar) if days else Due(on, calendar.version, calendar.is_estimated(on))
    return Clock(days, on, 0, on, due)


def stop(clock: Clock, on: date, calendar: Calendar) -> Clock:
    """Stop on ``on``: that day still counts as used. Stopping a stopped clock changes nothing."""
    if clock.running_since is None:
        return clock
    used = clock.used + working_days_between(clock.running_since, on, calendar)
    return replace(clock, used=used, running_since=None, due=None)


def resume(clock: Clock, on: date, calendar: Calendar) -> Clock:
    """Go on with the rest from the day after ``on``; an overdrawn clock is due on ``on`` itself."""
    if clock.running_since is not None:
        return clock
    left = clock.days - clock.used
    if left > 0:
        due = due_after_working_days(on, left, calendar)
    else:
        due = Due(on, calendar.version, calendar.is_estimated(on))
    return replace(clock, running_since=on, due=due)


def shorten(clock: Clock, days: int, calendar: Calendar) -> Clock:
    """The same clock with at most ``days``: a limit that has begun is never made longer. What is used stays used; an
    overdrawn clock is due on the day it last started."""
    if days >= clock.days:
        return clock
    if clock.running_since is None:
        return replace(clock, days=days)
    left = days - clock.used
    since = clock.running_since
    due = (
        due_after_working_days(since, left, calendar)
        if left > 0
        else Due(since, calendar.version, calendar.is_estimated(since))
    )
    return replace(clock, days=days, due=due)


def remaining(clock: Clock, today: date, calendar: Calendar) -> int:
    """Working days left; negative when overdue. A stopped clock keeps its rest."""
    if clock.due is None:
        return clock.days - clock.used
    return remaining_working_days(today, clock.due.on, calendar)


def handling_days(promised: int | None, statutory: int | None) -> int:
    """The promised limit, else the statutory one, else twenty working days (行政许可法 §42). Zero: on the spot."""
    return next((days for days in (promised, statutory) if days is not None), 20)


LONGEST_PART: Final = 1_000
"""Working days; about four years. No list names a longer limit, and a longer one is not counted out day by day."""


def is_limit_of_part(days: int) -> bool:
    """Whether a lead may give a part so many working days: at least one, for a part is a duty with a clock."""
    return 1 <= days <= LONGEST_PART


def lapses_on(opened_on: date, limit_days: int, calendar: Calendar) -> Due:
    """The last day on which a part can still be answered: its limit, and as long again.

    Our reading of R-089: an overdue part is first a matter for supervision; only when twice its limit is over does it
    count as unanswered, so that the lead case does not hang for ever.
    """
    return due_after_working_days(opened_on, 2 * limit_days, calendar)
