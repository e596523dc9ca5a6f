"""The courier's book of destinations: who may serve one now, and when it may be tried again.

One courier at a time serves a destination (a lease by the database's clock), which keeps every stream in order; a dead
courier's lease runs out. Back-off goes by the node's clock, so that simulated time works.
"""

from __future__ import annotations

import random
from datetime import datetime
from typing import Final

from django.db import connection

from .rules.retry import backoff

LEASE: Final = "60 seconds"


def claim(node: str, courier: str, at: datetime) -> bool:
    """Take the destination if nobody holds it and its pause is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE exchange_destination SET leased_by = %s, leased_until = now() + %s::interval
            WHERE node = %s AND (next_at IS NULL OR next_at <= %s) AND (leased_until IS NULL OR leased_until < now())
            """,
            [courier, LEASE, node, at],
        )
        return bool(cursor.rowcount == 1)


def release(node: str, courier: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_destination SET leased_by = NULL, leased_until = NULL WHERE node = %s AND leased_by = %s",
            [node, courier],
        )


def extend(node: str, courier: str) -> bool:
    """Keep the lease for another while. False if it was lost: stop at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_destination SET leased_until = now() + %s::interval WHERE node = %s AND leased_by = %s",
            [LEASE, node, courier],
        )
        return bool(cursor.rowcount == 1)


def failures(node: str) -> int:
    """How often in a row it failed; 0 for a destination that answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT failures FROM exchange_destination WHERE node = %s", [node])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def note_failure(node: str, courier: str, at: datetime, error: str) -> None:
    """Count a failure, set the pause and release the lease."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT failures FROM exchange_destination WHERE node = %s", [node])
        row = cursor.fetchone()
        failures = (row[0] if row else 0) + 1
        cursor.execute(
            """
            UPDATE exchange_destination
            SET failures = %s, next_at = %s, last_failed_at = %s, last_error = %s,
                leased_by = NULL, leased_until = NULL,
                failing_since = CASE WHEN failures = 0 THEN %s::timestamptz ELSE failing_since END
            WHERE node = %s AND leased_by = %s
            """,
            [failures, at + backoff(failures, random.random()), at, error[:300], at, node, courier],
        )


def due(at: datetime) -> dict[str, bool]:
    """Destinations with something to send whose pause is over and which nobody serves: node → did it fail last?"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.node, d.failures > 0 FROM exchange_destination d
            WHERE (d.next_at IS NULL OR d.next_at <= %s) AND (d.leased_until IS NULL OR d.leased_until < now())
              AND EXISTS (SELECT 1 FROM exchange_outbound o WHERE o.receiver = d.node AND o.state = 'pending'
                            AND (o.next_at IS NULL OR o.next_at <= %s))
            ORDER BY d.node
            """,
            [at, at],
        )
        return dict(cursor.fetchall())
