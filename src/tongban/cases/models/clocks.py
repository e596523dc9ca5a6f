"""A legal clock (rules/deadlines.py) as seven columns, and back."""

from __future__ import annotations

from typing import Any

from django.db import models

from tongban.cases.rules.deadlines import Clock
from tongban.kernel.time import Due


class ClockFields(models.Model):
    """Two clocks: ``tell`` (telling once, 行政许可法 §32) and ``work`` (handling). At most one runs."""

    tell_days = models.PositiveSmallIntegerField(help_text="working days")
    tell_started_on = models.DateField()
    tell_used = models.PositiveSmallIntegerField(default=0, help_text="working days used before it last started")
    tell_running_since = models.DateField(null=True)
    tell_due_on = models.DateField(null=True, help_text="null: not running")
    work_days = models.PositiveSmallIntegerField(null=True, help_text="working days; null before acceptance")
    work_started_on = models.DateField(null=True)
    work_used = models.PositiveSmallIntegerField(default=0)
    work_running_since = models.DateField(null=True)
    work_due_on = models.DateField(null=True, help_text="null: not running")
    due_calendar = models.TextField(null=True, help_text="version of the calendar of the running clock's due date")
    due_estimated = models.BooleanField(default=False, help_text="the calendar of that day is not official yet")

    class Meta:
        abstract = True


def read_clock(row: ClockFields, name: str) -> Clock | None:
    """``name``: tell | work. None if that clock has never started."""
    days, started_on = getattr(row, f"{name}_days"), getattr(row, f"{name}_started_on")
    if days is None or started_on is None:
        return None
    due_on = getattr(row, f"{name}_due_on")
    due = Due(due_on, row.due_calendar or "", row.due_estimated) if due_on else None
    return Clock(days, started_on, getattr(row, f"{name}_used"), getattr(row, f"{name}_running_since"), due)


def columns(tell: Clock | None, work: Clock | None) -> dict[str, Any]:
    """The columns for the two clocks; the due date that stands gives the calendar."""
    values: dict[str, Any] = {}
    for name, clock in (("tell", tell), ("work", work)):
        if clock is not None:
            values[f"{name}_days"] = clock.days
            values[f"{name}_started_on"] = clock.started_on
            values[f"{name}_used"] = clock.used
            values[f"{name}_running_since"] = clock.running_since
            values[f"{name}_due_on"] = clock.due.on if clock.due else None
    due = next((clock.due for clock in (tell, work) if clock is not None and clock.due is not None), None)
    values["due_calendar"] = due.calendar_version if due else None
    values["due_estimated"] = due.estimated if due else False
    return values
