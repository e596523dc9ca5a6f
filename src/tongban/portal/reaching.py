"""How far one item reaches, ready for the pages: stages with their days, who is exempted, who takes and who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongban.items import lists, reach, routing
from tongban.items.reach import Exemption, Opening, Scope
from tongban.items.rules.placing import Placing
from tongban.items.views import EntryView
from tongban.organizations import queries as organizations
from tongban.organizations.groups import RegionGroup, groups
from tongban.portal import places
from tongban.portal.places import Place


@dataclass(frozen=True, slots=True)
class Stage:
    """A scope with the names of its regions; ``now`` if it holds today."""

    scope: Scope
    regions: tuple[Any, ...]
    group: RegionGroup | None
    now: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """``between``: today's answer for the two places, None while one is not chosen."""

    stages: tuple[Stage, ...]
    exempted: tuple[tuple[Exemption, Any], ...]
    placing: Placing
    between: Opening | None
    exempted_region: Any
    on_lists: tuple[Any, ...]


def reach_of(entry: EntryView, here: Place | None, there: Place | None) -> Reach:
    day = places.today()
    between = reach.opening(entry.key, here.code, there.code, day) if here and there else None
    stages = tuple(
        Stage(
            scope, () if scope.area in groups() else tuple(map(_region, scope.members)), groups().get(scope.area),
            scope.regions_known and scope.begins is not None and scope.begins <= day
            and (scope.ends is None or day < scope.ends),
        )
        for scope in reach.scopes(entry.key)
    )  # fmt: skip
    exempted = tuple((out, _region(out.region)) for out in reach.closed_regions(entry.key, day))
    return Reach(
        stages, exempted, routing.placing_of(entry), between if between and between.why != "no_rule" else None,
        _region(between.region) if between and between.region else None, lists.listing(entry, day),
    )  # fmt: skip


def _region(code: str) -> Any:
    return organizations.region(code)
