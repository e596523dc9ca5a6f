"""Reading what guidance keeps, and the data that comes with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Sum

from tongban.items.views import Hit
from tongban.journal import clock, prepared
from tongban.kernel.time import local_date

from .models import Coverage, EntranceUse, Miss, Report, Use
from .rules.twins import Question, question_for
from .shipped import (
    Entrance,
    LifeEvent,
    Policy,
    Zone,
    entrances,
    featured,
    groups,
    life_events,
    outlines,
    policies,
    questions,
)

__all__ = [
    "Entrance",
    "LifeEvent",
    "MissView",
    "NodeCoverage",
    "Policy",
    "ReportView",
    "Zone",
    "coverage_of",
    "coverages",
    "entrance_uses",
    "entrances",
    "featured",
    "groups",
    "life_event",
    "life_events",
    "missed",
    "misses",
    "open_reports",
    "outlines",
    "policies",
    "questions",
    "separating_question",
    "uses",
]  # fmt: skip


def life_event(key: str) -> LifeEvent | None:
    return next((e for e in life_events() if e.key == key), None)


def separating_question(hits: Iterable[Hit]) -> Question | None:
    """The one question to ask about these answers, if one is worth asking."""
    return question_for([(hit.entry.key, hit.score) for hit in hits], questions())


@dataclass(frozen=True, slots=True)
class MissView:
    words: str
    times: int
    rejected: int
    last_on: Any


def misses(days: int = 30, limit: int = 100) -> list[MissView]:
    """What was searched in vain lately, most frequent first."""
    since = local_date(clock.now()) - timedelta(days=days)
    rows = Miss.objects.filter(day__gte=since).values("words", "kind").annotate(n=Sum("times"), last=Max("day"))
    found: dict[str, MissView] = {}
    for row in rows:
        old = found.get(row["words"], MissView(row["words"], 0, 0, row["last"]))
        rejected = row["n"] if row["kind"] == "rejected" else 0
        found[row["words"]] = MissView(
            row["words"], old.times + row["n"], old.rejected + rejected, max(old.last_on, row["last"])
        )
    return sorted(found.values(), key=lambda m: (-m.times, m.words))[:limit]


@dataclass(frozen=True, slots=True)
class ReportView:
    id: UUID
    entry_key: str
    part: str
    note: str
    reported_at: datetime


def open_reports(limit: int = 100) -> list[ReportView]:
    """Reports nobody has answered, oldest first."""
    rows = Report.objects.filter(outcome__isnull=True).order_by("reported_at", "id")[:limit]
    return [ReportView(r.id, r.entry_key, r.part, r.note, r.reported_at) for r in rows]


@dataclass(frozen=True, slots=True)
class NodeCoverage:
    """What a node said; ``content`` is None if it has never answered. ``error`` is empty if it answered last time."""

    node: str
    content: dict[str, Any] | None
    as_of: datetime | None
    heard_at: datetime | None
    error: str


def coverages() -> dict[str, NodeCoverage]:
    return {
        row.node: NodeCoverage(row.node, row.content, row.as_of, row.heard_at, row.error)
        for row in Coverage.objects.all()
    }


def coverage_of(node: str) -> NodeCoverage | None:
    """What one node said last."""
    with prepared.cursor() as cursor:
        cursor.execute("SELECT content::text, as_of, heard_at, error FROM guidance_coverage WHERE node = %s", [node])
        row = cursor.fetchone()
    if row is None:
        return None
    content, as_of, heard_at, error = row
    return NodeCoverage(node, json.loads(content) if content else None, as_of, heard_at, error)


def entrance_uses(days: int = 30) -> dict[str, int]:
    """How often each entrance led here."""
    since = local_date(clock.now()) - timedelta(days=days)
    rows = EntranceUse.objects.filter(day__gte=since).values("code").annotate(n=Sum("times"))
    return {row["code"]: row["n"] for row in rows}


def uses(days: int = 30) -> dict[tuple[str, str], int]:
    """(function, zone) → how often it was used."""
    since = local_date(clock.now()) - timedelta(days=days)
    rows = Use.objects.filter(day__gte=since).values("function", "key").annotate(n=Sum("times"))
    return {(row["function"], row["key"]): row["n"] for row in rows}


def missed(days: int = 30) -> int:
    """Searches in vain."""
    since = local_date(clock.now()) - timedelta(days=days)
    return int(Miss.objects.filter(day__gte=since).aggregate(n=Sum("times"))["n"] or 0)
