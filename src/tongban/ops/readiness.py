"""Is this node able to serve? Cheap checks with ages, no secrets, nothing personal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from tongban.directory import queries as directory
from tongban.exchange import queries as exchange
from tongban.journal import clock
from tongban.journal import queries as journal

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
    age = journal.worker_silence()
    if age is None:
        return False, {"last_seen_seconds": None}
    return age <= WORKER_SILENT_SECONDS, {"last_seen_seconds": round(age, 1)}


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


_TEXTS: Final = {
    "jobs_pending": "Jobs not yet done.",
    "jobs_parked": "Jobs that gave up and wait for a person.",
    "jobs_oldest_due_seconds": "How long the oldest due job has waited.",
    "worker_silent_seconds": "Since when no worker has been heard, in seconds; -1: never.",
}


def gauges() -> Iterable[tuple[str, str, float]]:
    """(name, text, value) of what waits at this node; nothing while the database is away."""
    try:
        found = {**_jobs(), "worker_silent_seconds": _silence()}
        found |= {f"exchange_{name}": value for name, value in exchange.depth().items()}
    except (DatabaseError, OSError):
        return
    for name, value in found.items():
        yield name, _TEXTS.get(name, name.replace("_", " ").capitalize() + "."), value


def _jobs() -> dict[str, float]:
    summary = journal.jobs_summary()
    oldest: Any = summary["oldest"]
    waited = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    return {"jobs_pending": float(str(summary["pending"])), "jobs_parked": float(str(summary["parked"])),
            "jobs_oldest_due_seconds": max(waited, 0.0)}


def _silence() -> float:
    age = journal.worker_silence()
    return -1.0 if age is None else age
