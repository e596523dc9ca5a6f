"""To whom an entry of the list goes from a place, for all 138, also where nobody implements it here yet.

Total and single-valued: every entry, kind of place and region gives one :class:`Route` or one :class:`Unsettled` with
its reason (待核). What the annex does not say, the level of the unit above all, stays open and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from tongban.directory import queries as directory
from tongban.organizations import queries as organizations

from . import queries, store
from .rules.competence import authority_code, unit_region
from .rules.placing import Placing
from .rules.placing import placing as _placing
from .views import EntryView

FILING_PLACE: Final = "filing_place"
Reason = Literal[
    "entry_unknown", "nothing_to_apply_for", "no_place_word", "place_not_asked", "region_unknown", "no_node"
]


@dataclass(frozen=True, slots=True)
class Route:
    """``authority_code`` and ``region`` are the unit's; ``unit_confirmed`` is False while neither the annex nor an
    implementation says at which level the entry is handled: then it is the province's unit, which hands over inside
    (decision 10)."""

    node: str
    region: str
    department: str
    authority_code: str
    anchor_kind: str
    decides: Literal["anchor", "intake"]
    unit_confirmed: bool


@dataclass(frozen=True, slots=True)
class Unsettled:
    """待核, and why."""

    reason: Reason


def places_of(entry_key: str) -> tuple[str, ...]:
    """The kinds of place that may be asked for: what implementations ask for, else the deciding words of the annex."""
    entry = queries.entry(entry_key)
    if entry is None:
        return ()
    settled = store.catalog().anchors.get(entry_key)
    if settled:
        return (settled,)
    if "any_office" in entry.modes:
        return (FILING_PLACE,)
    kinds = _kinds(store.catalog().token)
    return tuple(kinds[word] for word in placing_of(entry).deciding)


def placing(entry_key: str) -> Placing | None:
    """Where one may file and by which place the deciding unit is found; None for an unknown entry."""
    entry = queries.entry(entry_key)
    return placing_of(entry) if entry else None


def placing_of(entry: EntryView) -> Placing:
    """As the annex's words say; what an implementation settles goes before (:func:`places_of`)."""
    return _placing(entry.scenario, entry.modes, tuple(_kinds(store.catalog().token)))


@lru_cache(maxsize=2)
def _kinds(token: str) -> dict[str, str]:
    """Word → kind of place; read again when the catalog is."""
    return {place.label: place.kind for place in organizations.anchor_places()}


def route(entry_key: str, anchor_kind: str, region: str, on: date) -> Route | Unsettled:
    """Who decides about an entry whose ``anchor_kind`` place is ``region``. Where the place of intake decides, the
    region is that of intake."""
    entry = queries.entry(entry_key)
    if entry is None:
        return Unsettled("entry_unknown")
    if not entry.modes:
        return Unsettled("nothing_to_apply_for")
    places = places_of(entry_key)
    if not places:
        return Unsettled("no_place_word")
    if anchor_kind not in places:
        return Unsettled("place_not_asked")
    chain = organizations.chain(region)
    if not chain:
        return Unsettled("region_unknown")
    node = directory.node_of_region(region, on)
    if node is None:
        return Unsettled("no_node")
    version = queries.open_version(entry_key, node, on)
    said = placing_of(entry).level
    level = version.region_level if version else said or "province"
    by_intake = version.decision_place == "intake_region" if version else anchor_kind == FILING_PLACE
    unit, department = unit_region(chain, level), version.department if version else entry.department
    return Route(
        node=node, region=unit.code, department=department, authority_code=authority_code(unit.code, department),
        anchor_kind=anchor_kind, decides="intake" if by_intake else "anchor",
        unit_confirmed=version is not None or bool(said),
    )  # fmt: skip
