"""How long matters usually take, from when they were received and decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from tongban.kernel.time import Calendar, working_days_between

FEWEST: Final = 5
"""Below this many decided cases nothing is said: a single case is no measure, and it would be somebody's."""


@dataclass(frozen=True, slots=True)
class Typical:
    """``cases`` decided cases of an item; ``days``: the median of the working days from receipt to decision, None
    under :data:`FEWEST`."""

    cases: int
    days: int | None


def typical(rows: Iterable[tuple[str, date, date]], calendar: Calendar) -> Mapping[str, Typical]:
    """Rows of (entry, received on, decided on) → what is usual for each entry."""
    days: dict[str, list[int]] = {}
    for key, received_on, decided_on in rows:
        days.setdefault(key, []).append(working_days_between(received_on, decided_on, calendar))
    return {key: Typical(len(d), round(median(d)) if len(d) >= FEWEST else None) for key, d in days.items()}
