"""To whom an entry of the list goes from a place, for all 138, also where nobody implements it here yet: what the rule
(``rules/routes.py``) asks of the catalog, the regions and the trust list."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tongban.directory import queries as directory
from tongban.organizations import queries as organizations

from . import queries, store
from .rules.placing import Placing
from .rules.placing import placing as _placing
from .rules.routes import FILING_PLACE, Asked, Implemented, Place, Route, Unsettled, not_asked
from .rules.routes import places as _places
from .rules.routes import route as _route
from .views import EntryView, VersionView

__all__ = [
    "FILING_PLACE", "Asked", "Implemented", "Place", "Route", "Unsettled", "asked_of", "implemented_at",
    "implemented_by", "not_asked", "place_of", "places_of", "placing", "placing_of", "route",
]  # fmt: skip


def places_of(entry_key: str) -> tuple[str, ...]:
    """The kinds of place that may be asked for: what implementations ask for, else the deciding words of the annex."""
    entry = queries.entry(entry_key)
    if entry is None:
        return ()
    kinds = _kinds(store.catalog().token)
    settled = store.catalog().anchors.get(entry_key, frozenset())
    return _places(settled, entry.modes, [kinds[word] for word in placing_of(entry).deciding])


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


def asked_of(entry: EntryView) -> Asked:
    """What the rule reads of an entry."""
    places = places_of(entry.key)
    return Asked(
        places, bool(entry.modes), placing_of(entry).level, entry.department, by_intake=places == (FILING_PLACE,)
    )


def place_of(region: str, on: date) -> Place:
    """A region as the rule reads it, with the node that answers for it on a day."""
    chain = organizations.chain(region)
    narrower = frozenset(below.level for below in organizations.children(chain[-1].code)) if chain else frozenset()
    return Place(chain, narrower, directory.node_of_region(region, on) if chain else None)


def implemented_at(entry_key: str, node: str, on: date) -> Implemented | None:
    """What the node's open version says about who decides; None if it has none."""
    version = queries.open_version(entry_key, node, on)
    return implemented_by(version) if version else None


def implemented_by(version: VersionView) -> Implemented:
    """What the rule reads of a version."""
    return Implemented(version.region_level, version.department, version.decision_place == "intake_region")


def route(entry_key: str, anchor_kind: str, region: str, on: date) -> Route | Unsettled:
    """Who decides about an entry whose ``anchor_kind`` place is ``region``. Where the place of intake decides, the
    region is that of intake. Where the node has an open version, ``queries.resolve`` gives the same unit."""
    entry = queries.entry(entry_key)
    if entry is None:
        return Unsettled("entry_unknown")
    asked = asked_of(entry)
    if why := not_asked(asked, anchor_kind):
        return why
    place = place_of(region, on)
    return _route(asked, anchor_kind, place, implemented_at(entry_key, place.node, on) if place.node else None)
