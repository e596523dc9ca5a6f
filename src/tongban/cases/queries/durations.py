"""How long matters took here, measured; no person is looked at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from tongban.cases.models import Case
from tongban.journal import clock
from tongban.kernel.time import local_date, working_days_between
from tongban.organizations import queries as organizations

FEWEST: Final = 5
"""Below this many decided cases nothing is said: a single case is no measure, and it would be somebody's."""
_SECONDS: Final = 600.0
_LOOKED_AT: Final = 2000


@dataclass(frozen=True, slots=True)
class Typical:
    """``cases`` decided cases of an item at this node within the last year; ``days``: the median of the working days
    from receipt to decision, None under :data:`FEWEST`."""

    cases: int
    days: int | None


_kept: dict[str, tuple[float, Mapping[str, Typical]]] = {}


def typical_days() -> Mapping[str, Typical]:
    """Entry → what was measured here; entries without a decided case are absent. At most ten minutes old."""
    kept = _kept.get("")
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    calendar, today = organizations.calendar(), local_date(clock.now())
    rows = (
        Case.objects.filter(decided_on__isnull=False, decided_on__gt=today.replace(year=today.year - 1, day=1))
        .order_by("-decided_on")
        .values_list("entry_key", "received_at", "decided_on")[:_LOOKED_AT]
    )
    days: dict[str, list[int]] = {}
    for key, received_at, decided_on in rows:
        days.setdefault(key, []).append(working_days_between(local_date(received_at), decided_on, calendar))
    found = {k: Typical(len(d), round(median(d)) if len(d) >= FEWEST else None) for k, d in days.items()}
    _kept[""] = (time.monotonic() + _SECONDS, found)
    return found


def forget() -> None:
    """Measure again at the next question; for tests."""
    _kept.clear()
