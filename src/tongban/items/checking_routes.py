"""Every region × every entry × every kind of place gets one unit or one reason: part of ``tongban catalog check``.

Exhaustive, not sampled. Whether a kind of place is asked for does not depend on the region (``rules/routes.py``: the
region is no parameter of it), so what is not asked for is asked once an entry and kind and counts for all regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tongban.directory import queries as directory
from tongban.organizations import queries as organizations

from . import routing, store
from .rules.routes import Place, Route, contradicts, not_asked
from .rules.routes import route as _route


@dataclass(frozen=True, slots=True)
class RouteReport:
    """``answers``: triples by what they lead to: ``unit``, or the reason why there is none. ``calls``: how often the
    rule was asked for them. ``contradictions``: triples whose answer cannot be."""

    entries: int
    kinds: int
    regions: int
    answers: Counter[str]
    calls: int
    contradictions: tuple[tuple[str, str, str], ...]

    @property
    def triples(self) -> int:
        return self.answers.total()


def check(day: date) -> RouteReport:
    """All of them, with the trust list as it is: before enrolment no region has a node."""
    with store.one_look():
        return _check(day)


def _check(day: date) -> RouteReport:
    entries = store.catalog().entries
    kinds = [*dict.fromkeys([*(place.kind for place in organizations.anchor_places()), routing.FILING_PLACE])]
    places = dict(_places(day))
    answers: Counter[str] = Counter()
    wrong: list[tuple[str, str, str]] = []
    calls = 0
    for entry in entries.values():
        asked = routing.asked_of(entry)
        nodes = {place.node for place in places.values() if place.node}
        implemented = {node: routing.implemented_at(entry.key, node, day) for node in nodes}
        for kind in kinds:
            calls += 1
            if why := not_asked(asked, kind):
                answers[why.reason] += len(places)
                continue
            calls += len(places)
            for code, place in places.items():
                found = _route(asked, kind, place, implemented.get(place.node or ""))
                answers["unit" if isinstance(found, Route) else found.reason] += 1
                if contradicts(found, place):
                    wrong.append((entry.key, kind, code))
    return RouteReport(len(entries), len(kinds), len(places), answers, calls, tuple(wrong))


def _places(day: date) -> Iterator[tuple[str, Place]]:
    """Every region of the country, province by province, with its chain made on the way down."""
    enrolled = directory.held() is not None
    waiting: list[tuple[tuple[organizations.RegionView, ...], organizations.RegionView]]
    waiting = [((), region) for region in organizations.children(None)]
    while waiting:
        above, region = waiting.pop()
        chain, below = (*above, region), organizations.children(region.code)
        node = directory.node_of_region(region.code, day) if enrolled else None
        yield region.code, Place(chain, frozenset(each.level for each in below), node)
        waiting += [(chain, each) for each in below]
