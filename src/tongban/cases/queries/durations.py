"""How long matters took here, measured; no person is looked at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tongban.cases.models import Case
from tongban.cases.rules.measuring import Typical, typical
from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

__all__ = ["Typical", "forget", "typical_days"]

_SECONDS: Final = 600.0
_LOOKED_AT: Final = 2000
_YEAR: Final = timedelta(days=365)

_kept: dict[str, tuple[float, Mapping[str, Typical]]] = {}


def typical_days() -> Mapping[str, Typical]:
    """Entry → what was measured at this node within the last year (of the latest two thousand decided cases); entries
    without a decided case are absent. At most ten minutes old."""
    kept = _kept.get("")
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    rows = (
        Case.objects.filter(decided_on__gt=local_date(clock.now()) - _YEAR)
        .order_by("-decided_on")
        .values_list("entry_key", "received_at", "decided_on")[:_LOOKED_AT]
    )
    found = typical(((key, local_date(at), on) for key, at, on in rows if on is not None), organizations.calendar())
    _kept[""] = (time.monotonic() + _SECONDS, found)
    return found


def forget() -> None:
    """Measure again at the next question; for tests."""
    _kept.clear()
