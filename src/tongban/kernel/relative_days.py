"""Days counted from today, as forms write them: a date field's ``x-earliest`` and ``x-latest``.

The grammar is ISO 8601's duration with a sign and whole years, months and days: ``-P180D`` is 180 days ago, ``P0D``
today, ``P6Y`` the same day in six years. A day that a month does not have becomes its last one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

PATTERN: Final = re.compile(r"^(-)?P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,5})D)?$")


def shifted(today: date, duration: str) -> date:
    """The day that lies ``duration`` from ``today``. Raises ValueError for what is not one."""
    found = PATTERN.match(duration)
    if found is None or duration.endswith("P"):
        raise ValueError(f"no duration: {duration!r}")
    sign = -1 if found[1] else 1
    years, months, days = (int(part or 0) * sign for part in found.groups()[1:])
    month = today.year * 12 + today.month - 1 + years * 12 + months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last)) + timedelta(days=days)


def outside(rule: Mapping[str, Any], value: Any, today: date) -> tuple[str, date] | None:
    """``too_early`` or ``too_late`` with the bound, if ``value`` (a date as text) lies outside the rule's bounds;
    None if it does not, or is no date at all, which is for others to say."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if day is None:
        return None
    earliest, latest = rule.get("x-earliest"), rule.get("x-latest")
    if earliest is not None and day < (bound := shifted(today, earliest)):
        return "too_early", bound
    if latest is not None and day > (bound := shifted(today, latest)):
        return "too_late", bound
    return None


def faults(form: Mapping[str, Any], answers: Mapping[str, Any], today: date) -> dict[str, tuple[str, date]]:
    """Field → fault and bound, for all date fields of a form with bounds."""
    found = {
        name: outside(rule, answers[name], today)
        for name, rule in form.get("properties", {}).items()
        if name in answers
    }
    return {name: fault for name, fault in found.items() if fault is not None}
