"""Reading the journal: facts of a subject, the chain's verdict, parked jobs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q

from tongban.kernel.sealing import Unsealable

from . import chain, models
from .values import ChainHeader, Fact, ParkedJob
from .vault import sealer

__all__ = [
    "ChainHeader",
    "Fact",
    "ParkedJob",
    "fact",
    "facts",
    "facts_of",
    "head",
    "jobs_summary",
    "parked_jobs",
    "skipped_digests",
    "verify_chain",
    "worker_silence",
    "workers_seen",
]


def facts(subject_type: str, subject_id: UUID, *, with_personal: bool = True) -> list[Fact]:
    """The subject's facts in order of position."""
    return facts_of([(subject_type, subject_id)], with_personal=with_personal)


def facts_of(subjects: Sequence[tuple[str, UUID]], *, with_personal: bool = True) -> list[Fact]:
    """The facts of several subjects, ordered by when they were recorded; two queries at most."""
    if not subjects:
        return []
    wanted = Q()
    for subject_type, subject_id in subjects:
        wanted |= Q(subject_type=subject_type, subject_id=subject_id)
    rows = list(models.Fact.objects.filter(wanted).order_by("recorded_at", "subject_type", "position"))
    return _with_personal(rows, with_personal)


def fact(fact_id: UUID) -> Fact:
    """One fact. Raises LookupError."""
    rows = list(models.Fact.objects.filter(id=fact_id))
    if not rows:
        raise LookupError(fact_id)
    return _with_personal(rows, True)[0]


def head(subject_type: str, subject_id: UUID) -> ChainHeader | None:
    row = models.Fact.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("-position").first()
    return _value(row, None).chain_header if row else None


def skipped_digests(subject_type: str, subject_id: UUID, *, after: int, before: int) -> tuple[str, ...]:
    """The digests of facts between two positions, exclusive: what a receiver was not told, by digest only."""
    return tuple(
        models.Fact.objects.filter(
            subject_type=subject_type, subject_id=subject_id, position__gt=after, position__lt=before
        )
        .order_by("position")
        .values_list("digest", flat=True)
    )


def verify_chain(subject_type: str, subject_id: UUID) -> bool:
    """Whether every link, body and (unless erased) personal part is what its digest says."""
    previous = chain.NO_PREVIOUS
    rows = models.Fact.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("position")
    personal = {p.fact_id: p for p in models.FactPersonal.objects.filter(fact_id__in=[r.id for r in rows])}
    for position, row in enumerate(rows, start=1):
        header = bytes(row.header)
        rebuilt = chain.header(
            subject_type=row.subject_type,
            subject_id=str(row.subject_id),
            position=position,
            name=row.name,
            version=row.version,
            at=_at_of(header),
            actor=row.actor,
            body=row.body,
            personal=row.personal_digest,
            previous=previous,
        )
        if rebuilt != header or chain.digest(header) != row.digest or row.previous != previous:
            return False
        if datetime.fromisoformat(_at_of(header)) != row.at:
            return False
        if row.id in personal and not _agrees(personal[row.id], row):
            return False
        previous = row.digest
    return True


def _agrees(part: models.FactPersonal, row: models.Fact) -> bool:
    """Whether a personal part opens and is the one whose salted digest stands in the chain."""
    try:
        opened = sealer().open(bytes(part.sealed), bound_to=str(row.id))
    except (Unsealable, ValueError):
        return False
    return chain.personal_digest(bytes(part.salt), opened) == row.personal_digest


def parked_jobs() -> list[ParkedJob]:
    """Jobs that gave up, oldest first."""
    return [
        ParkedJob(j.id, j.kind, j.key, j.tries, j.last_error or "", j.parked_at)
        for j in models.Job.objects.filter(parked_at__isnull=False).order_by("parked_at")
        if j.parked_at is not None
    ]


def jobs_summary() -> dict[str, object]:
    """Pending and parked counts and the oldest due time, for health and metrics."""
    found = models.Job.objects.aggregate(
        pending=Count("id", filter=Q(parked_at__isnull=True)),
        parked=Count("id", filter=Q(parked_at__isnull=False)),
        oldest=Min("run_at", filter=Q(parked_at__isnull=True)),
    )
    return dict(found)


def worker_silence() -> float | None:
    """Seconds since the last heartbeat of any worker, by the database's clock; None if none was ever heard."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM statement_timestamp() - max(seen_at)) FROM journal_workerbeat")
        age = cursor.fetchone()[0]
    return None if age is None else float(age)


def workers_seen(within: timedelta = timedelta(seconds=30)) -> int:
    """How many worker processes have beaten within the time given, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM journal_workerbeat WHERE seen_at > statement_timestamp() - %s::interval",
            [f"{within.total_seconds()} seconds"],
        )
        return int(cursor.fetchone()[0])


def _with_personal(rows: list[models.Fact], wanted: bool) -> list[Fact]:
    parts: dict[UUID, models.FactPersonal] = {}
    if wanted and any(row.personal_digest for row in rows):
        ids = [row.id for row in rows if row.personal_digest]
        parts = {p.fact_id: p for p in models.FactPersonal.objects.filter(fact_id__in=ids)}
    return [_value(row, parts.get(row.id)) for row in rows]


def _value(row: models.Fact, part: models.FactPersonal | None) -> Fact:
    personal = sealer().open(bytes(part.sealed), bound_to=str(row.id)) if part else None
    return Fact(
        row.id,
        row.subject_type,
        row.subject_id,
        row.position,
        row.name,
        row.version,
        row.body,
        personal,
        row.actor,
        row.at,
        row.recorded_at,
        row.digest,
        row.previous,
        row.traceparent,
    )


def _at_of(header: bytes) -> str:
    return str(json.loads(header)["at"])
