"""Working days and the clock. Dates are Asia/Shanghai dates; every instant is aware."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where the present comes from (decision 13)."""

    def now(self) -> datetime: ...


@dataclass(slots=True)
class OffsetClock:
    """The machine's time moved by an offset; tests and simulations move it."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


def local_date(at: datetime) -> date:
    """The date in Asia/Shanghai on which the instant falls."""
    if at.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    ``exceptions`` maps a date to True (an adjusted workday 调休上班) or False (a holiday); other days follow the week.
    Days after ``official_until`` are estimated: no notice of the State Council covers them yet (decision 12).
    """

    version: str
    official_until: date
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def is_estimated(self, day: date) -> bool:
        return day > self.official_until

    @classmethod
    def of(cls, version: str, official_until: date, rows: Iterable[tuple[date, bool]]) -> Calendar:
        return cls(version, official_until, dict(rows))


@dataclass(frozen=True, slots=True)
class Due:
    """A last day, with the calendar it was computed from."""

    on: date
    calendar_version: str
    estimated: bool


def due_after_working_days(start_on: date, days: int, calendar: Calendar) -> Due:
    """The last of ``days`` working days counted from the day after ``start_on`` (行政许可法 §82, 民法典 §201).

    ``days`` must be positive. The result is a working day.
    """
    if days <= 0:
        raise ValueError("a period has at least one working day")
    day, left, estimated = start_on, days, False
    while left:
        day += timedelta(days=1)
        estimated = estimated or calendar.is_estimated(day)
        if calendar.is_working_day(day):
            left -= 1
    return Due(day, calendar.version, estimated)


def working_days_between(start_on: date, end_on: date, calendar: Calendar) -> int:
    """How many working days lie after ``start_on`` up to and including ``end_on``; 0 if ``end_on`` is not later."""
    day, count = start_on, 0
    while day < end_on:
        day += timedelta(days=1)
        count += calendar.is_working_day(day)
    return count


def remaining_working_days(today: date, due_on: date, calendar: Calendar) -> int:
    """Working days left; negative when overdue."""
    if today <= due_on:
        return working_days_between(today, due_on, calendar)
    return -working_days_between(due_on, today, calendar)
