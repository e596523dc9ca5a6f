"""How the dependencies other than peers were found by whoever used them last, told to every process of the node.

The courier keeps its own book of peers; the directory's silence shows in the age of its list. What is left —
storage, time-stamper, mail — is noted here by its users and by the probe. Bookkeeping, not facts: the alarms are facts.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from .models import Dependency as Row
from .rules.outage import Dependency


def note(dependency: Dependency, at: datetime, error: str | None) -> None:
    """It was used: ``error`` is a code if that failed, None if it worked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO exchange_dependency AS d (name, failing_since, last_ok_at, last_tried_at, last_error)
            VALUES (%(name)s, %(since)s, %(ok)s, %(at)s, %(error)s)
            ON CONFLICT (name) DO UPDATE
            SET failing_since = CASE WHEN excluded.failing_since IS NULL THEN NULL
                                     ELSE coalesce(d.failing_since, excluded.failing_since) END,
                last_ok_at = coalesce(excluded.last_ok_at, d.last_ok_at),
                last_tried_at = excluded.last_tried_at, last_error = excluded.last_error
            """,
            {
                "name": dependency.value, "at": at, "error": error[:200] if error else None,
                "since": at if error else None, "ok": None if error else at,
            },
        )  # fmt: skip


def failing_since(dependency: Dependency) -> datetime | None:
    """Since when it has failed every time; None if it worked last, or was never used."""
    return Row.objects.filter(name=dependency.value).values_list("failing_since", flat=True).first()


def last_tried(dependency: Dependency) -> datetime | None:
    return Row.objects.filter(name=dependency.value).values_list("last_tried_at", flat=True).first()


def last_error(dependency: Dependency) -> str | None:
    return Row.objects.filter(name=dependency.value).values_list("last_error", flat=True).first()
