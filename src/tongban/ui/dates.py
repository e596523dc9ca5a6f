"""Dates, instants and places as people write them: 2026年11月22日, 22 November 2026."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from tongban.kernel.time import SHANGHAI

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = "一二三四五六日"


def day(value: date | datetime | str, *, english: bool = False, weekday: bool = False) -> str:
    """A date in Asia/Shanghai. Text in ISO form is taken too; anything else raises."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    if english:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    tail = f"（星期{_WEEKDAYS[value.weekday()]}）" if weekday else ""
    return f"{value.year}年{value.month}月{value.day}日{tail}"


def moment(value: datetime | str, *, english: bool = False) -> str:
    """A date with hours and minutes, Asia/Shanghai."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    local = value.astimezone(SHANGHAI)
    return f"{day(local, english=english)} {local:%H:%M}"
