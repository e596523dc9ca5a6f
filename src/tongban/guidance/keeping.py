"""Counts and copies: misses, uses of entrances, what other nodes publish. Nobody's data, hence no facts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from tongban.journal import clock
from tongban.kernel.time import local_date

from .models import Coverage, EntranceUse, Miss, Use
from .rules.words import kept_words

MISSES_KEPT: Final = timedelta(days=90)
USES_KEPT: Final = timedelta(days=400)
MOST_WORDINGS_A_DAY: Final = 5000


def count_miss(query: str, kind: str) -> None:
    """``kind``: none (nothing found) or rejected (the reader says none of it is meant)."""
    words, today = kept_words(query), local_date(clock.now())
    if not words or Miss.objects.filter(day=today).count() >= MOST_WORDINGS_A_DAY:
        return
    _count("guidance_miss", {"words": words, "kind": kind, "day": today})


def count_entrance(code: str) -> None:
    """``code`` must be one of the register."""
    _count("guidance_entranceuse", {"code": code, "day": local_date(clock.now())})


def count_use(function: str, key: str) -> None:
    """A zone page, a feed, the framed search box was asked for. ``key``: the zone."""
    _count("guidance_use", {"function": function, "key": key, "day": local_date(clock.now())})


def _count(table: str, key: dict[str, Any]) -> None:
    names = ", ".join(key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}, times) VALUES ({', '.join(['%s'] * len(key))}, 1)"  # noqa: S608
            f" ON CONFLICT ({names}) DO UPDATE SET times = {table}.times + 1",
            list(key.values()),
        )


def keep_coverage(node: str, content: dict[str, Any] | None, *, as_of: datetime | None, error: str = "") -> None:
    """Without content the last one stays, with the reason why there is no newer one."""
    now = clock.now()
    fresh = {"content": content, "as_of": as_of, "heard_at": now} if content is not None else {}
    Coverage.objects.update_or_create(node=node, defaults={**fresh, "tried_at": now, "error": error})


def prune(today: date | None = None) -> int:
    """Forget old counts. Returns how many rows."""
    day = today or local_date(clock.now())
    misses, _ = Miss.objects.filter(day__lt=day - MISSES_KEPT).delete()
    uses, _ = EntranceUse.objects.filter(day__lt=day - USES_KEPT).delete()
    functions, _ = Use.objects.filter(day__lt=day - USES_KEPT).delete()
    return misses + uses + functions
