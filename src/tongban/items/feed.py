"""The feed of changes: what happened to the catalog, in order, resumable from any number; nothing is ever skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .models import CatalogChange

MOST = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``seq`` only grows and gives the order of commits; numbers of undone transactions stay unused.

    ``kind``: entry | base | implementation | standing | scope | exemption | edition. ``change``: published, ended
    (``valid_to`` is the first day on which it no longer holds), changed (an entry, a scope), or the new standing:
    in_use, suspended, retired. ``code`` of a scope is the rest of its key behind the entry's, of an exemption the
    region, of an edition the list.
    """

    seq: int
    kind: str
    change: str
    owner: str
    code: str
    entry_key: str
    version: int | None
    digest: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of the feed. ``last`` is the number to go on from; ``more``: there is something after it now."""

    changes: tuple[Change, ...]
    last: int
    more: bool


def changes_after(seq: int, limit: int = 200, *, kind: str | None = None, owner: str | None = None) -> Feed:
    """What came after ``seq``, oldest first."""
    rows = CatalogChange.objects.filter(seq__gt=seq).order_by("seq")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if owner is not None:
        rows = rows.filter(owner=owner)
    limit = min(limit, MOST)
    found = tuple(Change(**row) for row in rows[: limit + 1].values())
    page = found[:limit]
    return Feed(page, page[-1].seq if page else seq, len(found) > limit)
