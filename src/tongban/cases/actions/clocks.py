"""What a plan's clock sign means for the columns of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from tongban.cases.events import DueDate
from tongban.cases.models import Case
from tongban.cases.models.clocks import columns, read_clock
from tongban.cases.rules import deadlines
from tongban.kernel.time import Due
from tongban.organizations import queries as organizations


def stopped(row: Case, on: date) -> dict[str, Any]:
    """Both clocks stand still."""
    calendar = organizations.calendar()
    tell, work = read_clock(row, "tell"), read_clock(row, "work")
    return columns(
        deadlines.stop(tell, on, calendar) if tell else None, deadlines.stop(work, on, calendar) if work else None
    )


def handling(row: Case, days: int, *, from_on: date, on: date) -> tuple[dict[str, Any], Due]:
    """Telling once is over, the handling clock starts ``from_on``."""
    calendar = organizations.calendar()
    tell = read_clock(row, "tell")
    work = deadlines.start(days, from_on, calendar)
    assert work.due is not None
    return columns(deadlines.stop(tell, on, calendar) if tell else None, work), work.due


def resumed(row: Case, on: date) -> tuple[dict[str, Any], Due | None, Due | None]:
    """After a correction: back in ``accepted`` the handling clock goes on; back in ``received`` telling starts anew.

    The law names five days from receipt; what was corrected is received anew, so a fresh period starts (docs/law.md).
    """
    calendar = organizations.calendar()
    tell, work = read_clock(row, "tell"), read_clock(row, "work")
    if row.correction_from == "accepted":
        assert work is not None
        work = deadlines.resume(work, on, calendar)
        return columns(tell, work), None, work.due
    assert tell is not None
    tell = deadlines.start(tell.days, on, calendar)
    return columns(tell, work), tell.due, None


def due_of(on: date, row: Case) -> DueDate:
    """A due date of this row as an event says it."""
    return DueDate(on=on, calendar_version=row.due_calendar or "", estimated=row.due_estimated)


def said(due: Due) -> DueDate:
    """As an event says it."""
    return DueDate(on=due.on, calendar_version=due.calendar_version, estimated=due.estimated)
