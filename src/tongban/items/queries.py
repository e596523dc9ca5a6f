"""The catalog, for reading: entries, versions, guides, search, and who is competent. Views are exported here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from . import store
from .elements import Situation
from .manual import Manual
from .models import CodeList
from .ranking import ranked
from .rules import manual as manuals
from .rules import situations
from .rules.competence import authority_code, unit_region
from .rules.competence import too_wide as _too_wide
from .rules.situations import Ask
from .views import (
    CatalogCounts,
    Competence,
    EntryPage,
    EntryView,
    Guide,
    Hit,
    MaterialReq,
    PartStep,
    Theme,
    Twin,
    VersionRef,
    VersionView,
    Why,
)

__all__ = [
    "Ask",
    "CatalogCounts",
    "Competence",
    "EntryPage",
    "EntryView",
    "Guide",
    "Hit",
    "Manual",
    "MaterialReq",
    "PartStep",
    "Situation",
    "Theme",
    "Twin",
    "VersionRef",
    "VersionView",
    "Why",
    "code_list",
    "counts",
    "entries",
    "entry",
    "filable_entries",
    "guide",
    "is_material",
    "kind_en",
    "manual",
    "materials_for",
    "open_version",
    "questions",
    "resolve",
    "search",
    "situation",
    "themes",
    "too_wide",
    "version",
]


def search(q: str, limit: int = 20, audience: str | None = None, theme: str | None = None) -> tuple[Hit, ...]:
    """Entries that the words may mean, best first; () if nothing is like them. ``audience`` is individual or
    enterprise (entries for both count for each), ``theme`` a key of :func:`themes`. Twins stand one after the other."""
    catalog = store.catalog()
    among = None
    if audience or theme:
        among = {e.key for e in catalog.entries.values() if _suits(e, audience=audience, theme=theme)}
    if not catalog.entries or not q.strip():
        return ()
    answers = ranked(catalog.index, q, limit=limit, among=among)
    return tuple(Hit(catalog.entries[a.key], round(a.score, 4), Why(a.kind, a.text)) for a in answers)


def entry(key: str) -> EntryView | None:
    return store.catalog().entries.get(key)


def entries(
    cursor: str | None = None,
    limit: int = 20,
    *,
    audience: str | None = None,
    theme: str | None = None,
    batch: int | None = None,
    mode: str | None = None,
    filable: bool | None = None,
) -> EntryPage:
    """Entries in the order of the list. ``cursor`` is the key of the last entry seen; an unknown one starts anew."""
    found = [
        e
        for e in store.catalog().entries.values()
        if _suits(e, audience=audience, theme=theme)
        and (batch is None or e.batch == batch)
        and (mode is None or mode in e.modes)
        and (filable is None or e.filable == filable)
    ]
    start = next((n + 1 for n, e in enumerate(found) if e.key == cursor), 0) if cursor else 0
    part = tuple(found[start : start + limit])
    return EntryPage(part, part[-1].key if part and start + limit < len(found) else None)


def filable_entries() -> tuple[EntryView, ...]:
    """Entries that can be filed through this platform now."""
    return tuple(e for e in store.catalog().entries.values() if e.filable)


def themes() -> tuple[Theme, ...]:
    return store.catalog().themes


def counts() -> CatalogCounts:
    return store.catalog().counts


def kind_en(kind: str) -> str:
    """The English word for an entry's ``kind``."""
    return store.catalog().kinds_en.get(kind, kind)


def guide(key: str) -> Guide | None:
    """The reading part for any of the 138 entries; ``gaps`` names what is not known yet."""
    return store.catalog().guides.get(key)


def open_version(entry_key: str, competent_node: str | None = None, on: date | None = None) -> VersionView | None:
    """The implementation in force on a day (default: today) at a node (default: this one); None if it has none."""
    day = on or local_date(clock.now())
    owner = competent_node or config().node_id
    return store.find_open_version(entry_key, owner, day)


def version(ref: VersionRef) -> VersionView | None:
    """The version pinned by a filing, in force or not; None if owner, code, version and digest are not all known."""
    return store.find_version(owner=ref.owner, code=ref.code, version=ref.version, digest=ref.digest)


def situation(version: VersionView, answers: Mapping[str, Any]) -> Situation | None:
    """The situation these answers lead to; None if the item has none, or they are not enough."""
    return situations.found(version.situations, version.form, answers)


def questions(version: VersionView, answers: Mapping[str, Any]) -> tuple[Ask, ...]:
    """The questions to ask before the form, as far as these answers lead: those answered and the next one."""
    return situations.path(version.situations, version.form, answers)


def materials_for(version: VersionView, answers: Mapping[str, Any]) -> tuple[MaterialReq, ...]:
    """The materials that apply in the situation of these answers; all of them while it is not known."""
    return situations.applying(version.materials, situation(version, answers))


def is_material(key: str) -> bool:
    """Whether any version known here asks for a material of this key."""
    return key in store.catalog().materials


def manual(version: VersionView, answers: Mapping[str, Any], side: manuals.Side) -> Manual:
    """The operating manual for the desk of the place of intake or of the competent place, in this situation."""
    return manuals.manual_of(version, situation(version, answers), side)


def resolve(version: VersionView, anchor_region: str, on: date) -> Competence | Refusal:
    """Who decides (decision 10). The trust list names the node; region and department follow from the version.

    Where the place of intake decides (``decision_place``), the anchor is the place of intake. A Refusal
    ``state.no_competent_node`` for an unknown region or one without a node that day, ``request.invalid`` for a whole
    province where a city or county decides (:func:`too_wide`).
    """
    chain = organizations.chain(anchor_region)
    node = directory.node_of_region(anchor_region, on) if chain else None
    if node is None:
        return Refusal("state.no_competent_node", region=anchor_region)
    wide = too_wide(version, anchor_region)
    if wide is not None:
        return Refusal("request.invalid", fields={"anchor_region": wide}, region=anchor_region)
    unit = unit_region(chain, version.region_level)
    code = authority_code(unit.code, version.department)
    return Competence(node, unit.code, unit.level, version.department, code)


def too_wide(version: VersionView, anchor_region: str) -> str | None:
    """``choose_city`` or ``choose_county`` if this anchor is too wide to say who decides; None if it will do, or if
    there is no such region."""
    chain = organizations.chain(anchor_region)
    narrower = {region.level for region in organizations.children(chain[-1].code)} if chain else set()
    return _too_wide(chain, version.region_level, narrower) if chain else None


def code_list(name: str, on: date) -> dict[str, tuple[str, str]]:
    """Code → (Chinese, English) of a code list on a day, e.g. ``item_type`` of GB/T 39046."""
    rows = CodeList.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), list_name=name, valid_from__lte=on)
    return {r.code: (r.name, r.name_en) for r in rows.order_by("code")}


def _suits(entry: EntryView, *, audience: str | None, theme: str | None) -> bool:
    return (audience is None or entry.audience in (audience, "both")) and (theme is None or entry.theme == theme)
