"""What a zone shows: its places with what they handle today, as each said itself, and how fresh that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tongban.config import config
from tongban.guidance import queries as guidance
from tongban.guidance.queries import Zone
from tongban.guidance.rules import coverage
from tongban.items import queries as items
from tongban.items import reach
from tongban.items import search as searching
from tongban.items.rules.scopes import covers
from tongban.items.views import EntryView
from tongban.journal import clock
from tongban.organizations import queries as organizations
from tongban.portal import places

MODES: Final = ("online", "proxy", "joint", "any_office")


@dataclass(frozen=True, slots=True)
class Member:
    """A province of a zone. ``state``: fresh, old, silent, not_joined. ``items``: entry → modes it has open."""

    code: str
    name: str
    name_en: str
    node: str
    address: str
    state: str
    as_of: datetime | None
    items: Mapping[str, tuple[str, ...]]

    @property
    def counts(self) -> tuple[int, ...]:
        """Open items by mode, in the order of :data:`MODES`."""
        return tuple(sum(mode in modes for modes in self.items.values()) for mode in MODES)

    @property
    def here(self) -> bool:
        return self.node == config().node_id


@dataclass(frozen=True, slots=True)
class Line:
    """One item over all places that answered; ``cells`` follow the members given. ``exempted``: codes of members that
    take no part today."""

    entry: EntryView
    cells: tuple[tuple[Member, tuple[str, ...]], ...]
    exempted: frozenset[str] = frozenset()


def all_zones() -> tuple[Zone, ...]:
    """The country, the provinces that have joined, the groups."""
    everywhere = tuple(p.code for p in organizations.children(None))
    joined = {entry.node: entry for entry in places.joined()}
    first = guidance.featured()
    national = Zone("national", "national", "全国专区", "National zone", everywhere, first, "")
    provinces = tuple(
        Zone(p.code, "province", f"{p.name}专区", p.name_en, (p.code,), first, "")
        for p in organizations.children(None)
        if p.code[:2] in joined
    )
    return (national, *provinces, *guidance.groups())


def kept_here(zone: Zone) -> bool:
    """Whether this node's staff look after what the zone shows here: the directory the national zone, a province its
    own and, on its own pages, the groups it belongs to."""
    if config().is_directory:
        return zone.kind == "national"
    own = f"{config().node_id[:2]}0000"
    return zone.kind != "national" and own in zone.members


def find_zone(key: str) -> Zone | None:
    return next((zone for zone in all_zones() if zone.key == key), None)


def members(zone: Zone) -> tuple[Member, ...]:
    """Every place of the zone with what is known of it. Nothing is asked over the network here."""
    joined = {entry.node: entry for entry in places.joined()}
    heard, now = guidance.coverages(), clock.now()
    found = []
    for code in zone.members:
        region = organizations.region(code)
        if region is None:
            continue
        node = joined.get(code[:2])
        said, as_of, state = _said(node.node if node else "", heard, now)
        found.append(
            Member(
                code, region.name, region.name_en, node.node if node else "", node.address if node else "", state,
                as_of,
                {key: tuple(row["modes"]) for key, row in said.items()},
            )
        )  # fmt: skip
    return tuple(found)


def _said(
    node: str, heard: Mapping[str, guidance.NodeCoverage], now: datetime
) -> tuple[Mapping[str, Any], datetime | None, str]:
    if not node:
        return {}, None, "not_joined"
    if node == config().node_id:
        own = searching.open_at(node, places.today())
        return {key: {"modes": modes} for key, modes in own.items()}, now, "fresh"
    known = heard.get(node)
    if known is None or known.content is None:
        return {}, None, "silent"
    return known.content.get("items", {}), known.as_of, coverage.state(known.heard_at, now, known.error)


def lines(found: tuple[Member, ...]) -> tuple[Line, ...]:
    """Items open somewhere in the zone, in the order of the list, with the places that answered."""
    answered = [member for member in found if member.items]
    keys = {key for member in answered for key in member.items}
    rows = []
    for key in sorted(keys):
        entry = items.entry(key)
        if entry is not None:
            out = reach.closed_regions(key, places.today())
            exempted = frozenset(m.code for m in answered if any(covers(e.region, m.code) for e in out))
            rows.append(Line(entry, tuple((m, m.items.get(key, ())) for m in answered), exempted))
    return tuple(rows)
