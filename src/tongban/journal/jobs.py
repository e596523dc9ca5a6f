"""Duties outside an action's facts: put one down, claim some, finish or park them.

Leases and pauses follow the database's clock, statement by statement (``tongban_now()``).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from . import action
from .values import ParkedJob

LEASE = timedelta(seconds=60)
MAX_TRIES = 12
LONGEST_PAUSE = 900.0


class PermanentFailure(Exception):
    """Trying again cannot help: park the job at once. The message is a code, never personal data."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this worker holds under a lease."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    tries: int


def enqueue(kind: str, key: str, payload: dict[str, Any], *, delay: timedelta = timedelta()) -> None:
    """Put a duty down once per (kind, key). Inside an action it commits with it; elsewhere at once."""
    if action.inside_action() and not delay:
        action.add_job(kind, key, payload)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_job (kind, key, payload, run_at)"
            " VALUES (%s, %s, %s::jsonb, tongban_now() + %s::interval)"
            " ON CONFLICT (kind, key) DO NOTHING",
            [kind, key, json.dumps(payload), _interval(delay)],
        )
        cursor.execute("SELECT pg_notify('tongban_jobs', '')")


def wake() -> None:
    """Tell the workers that something waits in a table of its own. Inside an action the commit does it anyway."""
    if not action.inside_action():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('tongban_jobs', '')")


def claim(worker: str, limit: int) -> list[Claimed]:
    """Take up to ``limit`` due jobs under a lease; two workers never take the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE journal_job SET leased_by = %s, leased_until = tongban_now() + %s::interval, tries = tries + 1
            WHERE id IN (
              SELECT id FROM journal_job
              WHERE parked_at IS NULL AND run_at <= tongban_now() AND tries < %s
                AND (leased_until IS NULL OR leased_until < tongban_now())
              ORDER BY run_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, key, payload, tries
            """,
            [worker, _interval(LEASE), MAX_TRIES, limit],
        )
        rows = cursor.fetchall()
    return sorted(
        (Claimed(i, kind, key, json.loads(p) if isinstance(p, str) else p, tries) for i, kind, key, p, tries in rows),
        key=lambda claimed: claimed.id,
    )


def park_deadly() -> int:
    """Park what took its worker with it at every try, so that nobody came to say why; returns how many.

    A try is counted when a job is taken, so a lease that is over after the last one means exactly that.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE journal_job
            SET parked_at = tongban_now(), last_error = 'worker.died', leased_by = NULL, leased_until = NULL
            WHERE parked_at IS NULL AND tries >= %s AND (leased_until IS NULL OR leased_until < tongban_now())
            """,
            [MAX_TRIES],
        )
        return int(cursor.rowcount)


def finish(job: Claimed, worker: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_job WHERE id = %s AND leased_by = %s", [job.id, worker])


def finish_all(done: Sequence[Claimed], worker: str) -> None:
    """Several at once; one whose lease was lost stays."""
    if done:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM journal_job WHERE id = ANY(%s) AND leased_by = %s", [[job.id for job in done], worker]
            )


def put_back(job: Claimed, worker: str, reason: str) -> None:
    """Release with a growing, jittered pause; park after :data:`MAX_TRIES`."""
    if job.tries >= MAX_TRIES:
        park(job, worker, reason)
        return
    pause = min(LONGEST_PAUSE, 0.25 * 2**job.tries) * random.uniform(0.7, 1.3)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_job SET leased_by = NULL, leased_until = NULL, last_error = %s,"
            " run_at = tongban_now() + %s::interval"
            " WHERE id = %s AND leased_by = %s",
            [reason[:500], _interval(timedelta(seconds=pause)), job.id, worker],
        )


def park(job: Claimed, worker: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_job SET leased_by = NULL, leased_until = NULL, last_error = %s, parked_at = tongban_now()"
            " WHERE id = %s AND leased_by = %s",
            [reason[:500], job.id, worker],
        )


def find_parked(job_id: int) -> ParkedJob | None:
    """A parked job by its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, key, tries, last_error, parked_at FROM journal_job"
            " WHERE id = %s AND parked_at IS NOT NULL",
            [job_id],
        )
        row = cursor.fetchone()
    return ParkedJob(*row) if row else None


def replay(job_id: int) -> bool:
    """Set a parked job free again. False if there is no such parked job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_job SET parked_at = NULL, tries = 0, run_at = tongban_now()"
            " WHERE id = %s AND parked_at IS NOT NULL",
            [job_id],
        )
        done = bool(cursor.rowcount == 1)
        cursor.execute("SELECT pg_notify('tongban_jobs', '')")
    return done


def claim_periodic(worker: str, name: str, seconds: float) -> bool:
    """Take a periodic duty if it is due and nobody holds it."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO journal_periodic (name) VALUES (%s) ON CONFLICT DO NOTHING", [name])
        cursor.execute(
            """
            UPDATE journal_periodic SET leased_by = %s, leased_until = tongban_now() + %s::interval
            WHERE name = %s AND next_at <= tongban_now() AND (leased_until IS NULL OR leased_until < tongban_now())
            """,
            [worker, _interval(LEASE), name],
        )
        return bool(cursor.rowcount == 1)


def hasten(name: str, *, not_within: timedelta) -> bool:
    """Let a periodic duty be due now, unless it was done within a while; True if that changed anything."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE journal_periodic SET next_at = tongban_now()
            WHERE name = %s AND next_at > tongban_now() AND leased_by IS NULL
              AND (last_run_at IS NULL OR last_run_at < tongban_now() - %s::interval)
            """,
            [name, _interval(not_within)],
        )
        return bool(cursor.rowcount == 1)


def finish_periodic(worker: str, name: str, seconds: float, error: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal_periodic SET leased_by = NULL, leased_until = NULL, last_run_at = tongban_now(),"
            " last_error = %s, next_at = tongban_now() + %s::interval WHERE name = %s AND leased_by = %s",
            [error, _interval(timedelta(seconds=seconds)), name, worker],
        )


def beat(worker: str) -> None:
    """Say that this worker lives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_workerbeat (name, kinds) VALUES (%s, '{}')"
            " ON CONFLICT (name) DO UPDATE SET seen_at = tongban_now()",
            [worker],
        )
        cursor.execute("DELETE FROM journal_workerbeat WHERE seen_at < tongban_now() - interval '1 day'")


def _interval(length: timedelta) -> str:
    """As PostgreSQL reads it."""
    return f"{length.total_seconds()} seconds"
