"""What zones show first, in editions: the one in force, the one that waits, the log of changes. For reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from .models import ZoneContent
from .rules.zone_content import OPEN
from .shipped import Policy, Zone, policies

__all__ = ["Edition", "content_of", "in_force", "log", "open_edition"]


@dataclass(frozen=True, slots=True)
class Edition:
    """``author`` and ``reviewer`` are references of actors, not names."""

    id: UUID
    zone: str
    featured: tuple[str, ...]
    policies: tuple[Policy, ...]
    state: str
    version: int
    author: str
    reviewer: str
    note: str
    submitted_at: datetime
    published_at: datetime | None


def in_force(zone: str) -> Edition | None:
    return _edition(ZoneContent.objects.filter(zone=zone, state="published").first())


def open_edition(zone: str) -> Edition | None:
    """The one that waits for a second person, or was given back."""
    return _edition(ZoneContent.objects.filter(zone=zone, state__in=OPEN).first())


def log(zone: str, limit: int = 20) -> tuple[Edition, ...]:
    """Editions that were in force, the latest first."""
    rows = ZoneContent.objects.filter(zone=zone, state__in=["published", "replaced"]).order_by("-published_at")
    return tuple(e for e in map(_edition, rows[:limit]) if e)


def content_of(zone: Zone) -> tuple[tuple[str, ...], tuple[Policy, ...]]:
    """Featured entries and policies: as its staff published them, else as shipped."""
    edition = in_force(zone.key)
    if edition is None:
        return zone.featured, _shipped(zone)
    return edition.featured, edition.policies


def _shipped(zone: Zone) -> tuple[Policy, ...]:
    return tuple(p for p in policies() if not p.regions or set(p.regions) & set(zone.members))


def _edition(row: ZoneContent | None) -> Edition | None:
    if row is None:
        return None
    content: dict[str, Any] = row.content
    return Edition(
        row.id, row.zone, tuple(content["featured"]),
        tuple(_policy(n, p) for n, p in enumerate(content["policies"], start=1)),
        row.state, row.version, row.author, row.reviewer or "", row.note, row.submitted_at, row.published_at,
    )  # fmt: skip


def _policy(number: int, row: dict[str, str]) -> Policy:
    return Policy(
        f"policy-{number}", row["title"], row["number"], row["issuer"], (), None,
        date.fromisoformat(row["published_on"]), "",
    )  # fmt: skip
