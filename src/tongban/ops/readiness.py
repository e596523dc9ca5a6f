"""Is this node able to serve? Cheap checks with ages, no secrets, nothing personal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from tongban.directory import queries as directory
from tongban.journal import clock

WORKER_SILENT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``needed``: the node is not ready without it; the others are told and do not stop traffic."""

    name: str
    ok: bool
    needed: bool
    facts: dict[str, Any]


def checks() -> list[Check]:
    """All checks; the ones that need the database are skipped when it is away."""
    database = _database()
    if not database.ok:
        return [database]
    return [database, _guarded("migrations", True, _migrations), _guarded("worker", False, _worker),
            _guarded("trust_list", False, _trust_list)]


def _database() -> Check:
    started = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        return Check("database", False, True, {"error": type(error).__name__})
    return Check("database", True, True, {"ms": round((time.perf_counter() - started) * 1000, 1)})


def _guarded(name: str, needed: bool, look: Callable[[], tuple[bool, dict[str, Any]]]) -> Check:
    try:
        ok, facts = look()
    except (DatabaseError, LookupError, OSError, ValueError) as error:
        return Check(name, False, needed, {"error": type(error).__name__})
    return Check(name, ok, needed, facts)


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _migrations() -> tuple[bool, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = len(_on_disk() - applied)
    return missing == 0, {"missing": missing}


def _worker() -> tuple[bool, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(seen_at)) FROM journal_workerbeat")
        age = cursor.fetchone()[0]
    if age is None:
        return False, {"last_seen_seconds": None}
    return age <= WORKER_SILENT_SECONDS, {"last_seen_seconds": round(float(age), 1)}


def _trust_list() -> tuple[bool, dict[str, Any]]:
    """Version and times of the list in force. With an expired list a node parks what it gets, it does not stop."""
    held = directory.held()
    if held is None:
        return False, {"version": None}
    found, at = held.trust, clock.now()
    return not found.is_expired(at), {
        "version": found.version,
        "age_seconds": round((at - found.issued_at).total_seconds()),
        "expires_in_seconds": round((found.expires_at - at).total_seconds()),
    }


_GAUGES: Final = (
    ("jobs_pending", "Jobs not yet done.", "SELECT count(*) FROM journal_job WHERE parked_at IS NULL"),
    ("jobs_parked", "Jobs that gave up and wait for a person.",
     "SELECT count(*) FROM journal_job WHERE parked_at IS NOT NULL"),
    ("jobs_oldest_due_seconds", "How long the oldest due job has waited.",
     "SELECT coalesce(extract(epoch FROM now() - min(run_at)), 0) FROM journal_job"
     " WHERE parked_at IS NULL AND run_at <= now()"),
    ("worker_silent_seconds", "Since when no worker has been heard, in seconds; -1: never.",
     "SELECT coalesce(extract(epoch FROM now() - max(seen_at)), -1) FROM journal_workerbeat"),
    ("exchange_outbound_waiting", "Messages not yet receipted by their receiver.",
     "SELECT count(*) FROM exchange_outbound WHERE receipted_at IS NULL"),
    ("exchange_inbound_parked", "Messages that arrived and wait for a person.",
     "SELECT count(*) FROM exchange_inbound WHERE parked_at IS NOT NULL"),
)


def gauges() -> Iterable[tuple[str, str, float]]:
    """(name, text, value) of the node's counts; one that cannot be read is left out."""
    for name, text, statement in _GAUGES:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                yield name, text, float(cursor.fetchone()[0])
        except DatabaseError:
            continue
