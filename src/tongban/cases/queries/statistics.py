"""How many matters there were, for the public page (R-143): counts from what this node holds, nobody is looked at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from tongban.cases.models import Case, Filing
from tongban.config import config
from tongban.journal import clock

__all__ = ["Counted", "counted", "forget"]

_SECONDS: Final = 600.0
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Counted:
    """Of the last year up to ``at``. ``sent_on``: submitted here for another node; ``came_in``: received from one."""

    at: datetime
    since: datetime
    submitted: Mapping[str, int]
    sent_on: int
    received: Mapping[str, int]
    came_in: int
    decided: int
    corrected_once: int

    @property
    def submitted_all(self) -> int:
        return sum(self.submitted.values())

    @property
    def received_all(self) -> int:
        return sum(self.received.values())


_kept: tuple[float, Counted] | None = None


def counted() -> Counted:
    """At most ten minutes old; ``at`` says how old."""
    global _kept
    if _kept is not None and _kept[0] > time.monotonic():
        return _kept[1]
    now, me = clock.now(), str(config().node_id)
    since = now - _YEAR
    filings = Filing.objects.filter(submitted_at__gt=since)
    cases = Case.objects.filter(received_at__gt=since)
    modes = dict(filings.values_list("mode").annotate(n=Count("pk")).order_by())
    received = dict(cases.values_list("mode").annotate(n=Count("pk")).order_by())
    sums = cases.aggregate(
        came_in=Count("pk", filter=~Q(intake_node=me)),
        decided=Count("pk", filter=Q(decided_on__isnull=False)),
        corrected=Count("pk", filter=Q(rounds__gte=1)),
    )
    sent_on = filings.exclude(competent_node=me).count()
    found = Counted(now, since, modes, sent_on, received, sums["came_in"], sums["decided"], sums["corrected"])
    _kept = (time.monotonic() + _SECONDS, found)
    return found


def forget() -> None:
    """Count again at the next question; for tests."""
    global _kept
    _kept = None
