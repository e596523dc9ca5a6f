"""The catalog in memory: read once, read again after a change, told by the one row of ``CatalogState``.

Entries, wordings and the search index are small (hundreds) and asked for on every page; implementations are not kept
here but by their digest, because their content never changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.db.models import Q

from tongban.journal import prepared

from .models import BaseItem, CatalogText, Implementation, ListEntry, Synonym
from .rules.content import view_of
from .rules.scopes import Exemption, Scope
from .rules.search.data import build, document
from .rules.search.index import Index
from .rules.texts import Language, languages_of
from .views import CatalogCounts, EntryView, Guide, Theme, Twin, VersionRef, VersionView


@dataclass
class Catalog:
    """One state of the catalog. ``entries`` are in the order of the list."""

    token: str
    entries: dict[str, EntryView]
    guides: Mapping[str, Guide]
    base_items: int
    themes_en: Mapping[str, str]
    kinds_en: Mapping[str, str]
    languages: Mapping[str, Language]
    """Languages with texts of the catalog, by tag."""

    @cached_property
    def index(self) -> Index:
        """Built at the first search of a process."""
        wordings: dict[str, list[str]] = {}
        for key, text in Synonym.objects.order_by("entry_key", "source", "position", "id").values_list(
            "entry_key", "text"
        ):
            wordings.setdefault(key, []).append(text)
        documents = [
            document(e.key, e.name, e.name_en, wordings.get(e.key, ()), e.scenario, e.theme, e.lead_unit)
            for e in self.entries.values()
        ]
        language = CatalogText.objects.get(key="language").content
        return build(language, documents)

    @cached_property
    def _reach(self) -> tuple[dict[str, tuple[Scope, ...]], dict[str, tuple[Exemption, ...]]]:
        from .reach import read

        return read()

    @property
    def scopes(self) -> dict[str, tuple[Scope, ...]]:
        """Entry → its own scopes."""
        return self._reach[0]

    @property
    def exemptions(self) -> dict[str, tuple[Exemption, ...]]:
        """Entry → regions that take no part yet."""
        return self._reach[1]

    @cached_property
    def anchors(self) -> Mapping[str, frozenset[str]]:
        """Entry → the kinds of place its implementations ask for. Asked for once."""
        found: dict[str, set[str]] = {}
        rows = Implementation.objects.filter(content__filable=True, valid_to__isnull=True)
        for key, kind in rows.values_list("entry_key", "content__anchor_kind").distinct():
            found.setdefault(key, set()).add(kind)
        return {key: frozenset(kinds) for key, kinds in found.items()}

    @cached_property
    def materials(self) -> frozenset[str]:
        """Keys of all materials that any version here asks for. Asked for once."""
        rows = Implementation.objects.values_list("content__materials", flat=True)
        return frozenset(material["key"] for listed in rows for material in listed or ())

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """Largest first, then in the order of the list."""
        counted = Counter(e.theme for e in self.entries.values())
        return tuple(Theme(t, t, self.themes_en.get(t, t), n) for t, n in counted.most_common())

    @cached_property
    def counts(self) -> CatalogCounts:
        entries = self.entries.values()
        return CatalogCounts(
            entries=len(entries),
            by_batch=dict(sorted(Counter(e.batch for e in entries).items())),
            base_items=self.base_items,
            filable=sum(e.filable for e in entries),
            modes_unconfirmed=sum(not e.modes_confirmed for e in entries),
        )


_kept: Catalog | None = None
_held: ContextVar[list[Catalog] | None] = ContextVar("catalog_of_this_page", default=None)


def catalog() -> Catalog:
    """The catalog as it is now; empty before anything is loaded."""
    global _kept
    held = _held.get()
    if held:
        return held[0]
    with prepared.cursor() as cursor:  # asked for by every page: plain SQL costs a third of the ORM's time
        cursor.execute("SELECT token FROM items_catalog_state WHERE id = 1")
        row = cursor.fetchone()
    token = row[0] if row else ""
    if _kept is None or _kept.token != token:
        _kept = _read(token)
    if held is not None:
        held.append(_kept)
    return _kept


@contextmanager
def one_look() -> Iterator[None]:
    """Within it, the catalog's token is asked for once: for pages that read, which ask for entries dozens of times."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def forget() -> None:
    """Read again at the next question."""
    global _kept
    _kept = None


def latest_languages() -> Mapping[str, Language]:
    """The languages of the catalog as this process last read it, without asking whether it has changed."""
    return _kept.languages if _kept is not None else {}


def find_version(*conditions: Q, **equal: object) -> VersionView | None:
    """The one version that fits. Its content is kept in memory by digest; the query only finds out which it is."""
    found = Implementation.objects.filter(*conditions, **equal).values_list("pk", "digest", "valid_to").first()
    return _version(*found) if found else None


def find_open_version(entry_key: str, owner: str, day: date) -> VersionView | None:
    """The version of ``owner`` in force on ``day``; the exclusion constraint allows one at most."""
    with prepared.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, valid_to FROM items_implementation WHERE entry_key = %s AND owner = %s"
            " AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) AND NOT EXISTS (SELECT 1 FROM items_standing"
            " s WHERE s.owner = items_implementation.owner AND s.code = items_implementation.code"
            " AND s.state <> 'in_use') ORDER BY id LIMIT 1",
            [entry_key, owner, day, day],
        )
        found = cursor.fetchone()
    return _version(*found) if found else None


@lru_cache(maxsize=256)
def _version(pk: int, digest: str, valid_to: date | None) -> VersionView:
    row = Implementation.objects.get(pk=pk, digest=digest)
    ref = VersionRef(row.owner, row.code, row.version, digest)
    return view_of(ref, row.content, valid_from=row.valid_from, valid_to=valid_to)


def _read(token: str) -> Catalog:
    filable = set(Implementation.objects.filter(content__filable=True).values_list("entry_key", flat=True).distinct())
    entries: dict[str, EntryView] = {}
    guides: dict[str, Guide] = {}
    for row in ListEntry.objects.order_by("list_code", "batch", "seq"):
        content = dict(row.content)
        guides[row.key] = content.pop("guide")
        content.pop("elements", None)
        tuples = ("cooperating_units", "modes", "anchor_words", "conditions")
        entries[row.key] = EntryView(
            **{
                **content,
                **{name: tuple(content[name]) for name in tuples},
                "twins": tuple(Twin(**t) for t in content["twins"]),
                "key": row.key,
                "batch": row.batch,
                "seq": row.seq,
                "name": row.name,
                "base_code": row.base_code,
                "filable": row.key in filable,
            }
        )
    texts = {t.key: t.content for t in CatalogText.objects.filter(key__in=["themes_en", "kinds_en", "texts"])}
    return Catalog(
        token, entries, guides, BaseItem.objects.count(), texts.get("themes_en", {}), texts.get("kinds_en", {}),
        languages_of(texts.get("texts", {})),
    )  # fmt: skip
