"""Searching with filters, the wordings behind it, and what a node has open: for the pages that lead to an item.

``items.queries.search`` is the plain question; here stand the fuller ones.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from . import store
from .models import Implementation, Synonym
from .ranking import ranked
from .views import EntryView, Hit, Why

__all__ = ["Wording", "all_entries", "open_at", "opened_at", "search", "wordings"]


def search(
    q: str,
    *,
    limit: int = 20,
    audience: str | None = None,
    theme: str | None = None,
    mode: str | None = None,
    among: Collection[str] | None = None,
) -> tuple[Hit, ...]:
    """Entries that the words may mean, best first, within the filters. ``among`` limits to these keys (a life event,
    what a place has open); an empty collection finds nothing."""
    catalog = store.catalog()
    if not catalog.entries or not q.strip():
        return ()
    allowed: set[str] | None = None
    if audience or theme or mode or among is not None:
        allowed = {
            e.key for e in catalog.entries.values()
            if (audience is None or e.audience in (audience, "both"))
            and (theme is None or e.theme == theme)
            and (mode is None or mode in e.modes)
            and (among is None or e.key in among)
        }  # fmt: skip
    answers = ranked(catalog.index, q, limit=limit, among=allowed)
    return tuple(Hit(catalog.entries[a.key], round(a.score, 4), Why(a.kind, a.text)) for a in answers)


def all_entries() -> tuple[EntryView, ...]:
    """In the order of the list."""
    return tuple(store.catalog().entries.values())


def open_at(node: str, on: date) -> dict[str, tuple[str, ...]]:
    """Entry → modes of what this node has open for filing on a day."""
    rows = Implementation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), owner=node, valid_from__lte=on, content__filable=True
    ).values_list("entry_key", "content__modes")
    return {key: tuple(modes or ()) for key, modes in rows}


def opened_at(node: str, on: date) -> tuple[tuple[str, date], ...]:
    """Entries with the day since which this node has them open in the present version, the latest first."""
    rows = Implementation.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), owner=node, valid_from__lte=on, content__filable=True
    )
    return tuple(rows.order_by("-valid_from", "entry_key").values_list("entry_key", "valid_from"))


@dataclass(frozen=True, slots=True)
class Wording:
    """An everyday wording of an entry. ``own`` is True for those an item manager of this node added."""

    id: int
    entry_key: str
    text: str
    own: bool


def wordings(entry_key: str | None = None, *, own: bool | None = None) -> tuple[Wording, ...]:
    rows = Synonym.objects.order_by("entry_key", "source", "position", "id")
    if entry_key is not None:
        rows = rows.filter(entry_key=entry_key)
    if own is not None:
        rows = rows.filter(source="manager" if own else "shipped")
    return tuple(Wording(r.pk, r.entry_key, r.text, r.source == "manager") for r in rows)
