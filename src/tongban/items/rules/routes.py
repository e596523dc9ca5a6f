"""To whom an entry of a list goes from a place: one unit, or one reason why that is not settled (待核). Pure.

Total and single-valued. The answer is found in two steps, and their parameters say what it can depend on: whether the
kind of place is asked for at all depends on the entry alone, never on the region; the unit depends on the entry, the
place, and on what the competent node implements. So all regions × entries × kinds of place are covered by asking the
first for every entry and kind, and the second for every entry, every kind that it asks for, and every region.
Sources: decision 10, R-048, R-313; the annex of 2020.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from .competence import Leveled, authority_code, too_wide, unit_region

FILING_PLACE: Final = "filing_place"

Reason = Literal[
    "entry_unknown", "nothing_to_apply_for", "no_place_word", "place_not_asked", "region_unknown", "no_node",
    "place_too_wide",
]  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the catalog says of an entry: ``places`` it may be asked at, whether there is anything ``to_apply`` for, the
    ``level`` its words name (empty: none), its department. ``by_intake``: by its words the place of intake decides."""

    places: tuple[str, ...]
    to_apply: bool
    level: str
    department: str
    by_intake: bool


@dataclass(frozen=True, slots=True)
class Implemented:
    """What the competent node's implementation says; it goes before the words of the annex."""

    level: str
    department: str
    by_intake: bool


class Placed(Leveled, Protocol):
    """A region with its code."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A region answered: its ``chain`` from the province down (empty: no such region), the levels of what lies directly
    below it, and the node that answers for it (None: no node there yet)."""

    chain: Sequence[Placed]
    narrower: frozenset[str]
    node: str | None


def places(settled: Collection[str], modes: Collection[str], deciding: Sequence[str]) -> tuple[str, ...]:
    """The kinds of place an entry may be asked for: the one that all its implementations ask for (``settled``), where
    they agree; else, where any office may, the place of filing; else those of the annex's ``deciding`` words."""
    if len(settled) == 1:
        return tuple(settled)
    return (FILING_PLACE,) if "any_office" in modes else tuple(deciding)


def not_asked(asked: Asked, kind: str) -> Unsettled | None:
    """Why no region of this kind of place leads to a unit; None if the kind is asked for."""
    if not asked.to_apply:
        return Unsettled("nothing_to_apply_for")
    if not asked.places:
        return Unsettled("no_place_word")
    return None if kind in asked.places else Unsettled("place_not_asked")


def route(asked: Asked, kind: str, place: Place, implemented: Implemented | None) -> Route | Unsettled:
    """Who decides, for a ``kind`` that is asked for; ``implemented``: at the node of the place."""
    if not place.chain:
        return Unsettled("region_unknown")
    if place.node is None:
        return Unsettled("no_node")
    level = implemented.level if implemented else asked.level or "province"
    if too_wide(place.chain, level, place.narrower):
        return Unsettled("place_too_wide")
    unit = unit_region(place.chain, level)
    department = implemented.department if implemented else asked.department
    by_intake = implemented.by_intake if implemented else asked.by_intake
    return Route(
        node=place.node, region=unit.code, department=department, authority_code=authority_code(unit.code, department),
        anchor_kind=kind, decides="intake" if by_intake else "anchor",
        unit_confirmed=implemented is not None or bool(asked.level),
    )  # fmt: skip


def contradicts(found: Route | Unsettled, place: Place) -> bool:
    """Whether an answer cannot be: a unit beside or below the place, or at another node than the place's."""
    if isinstance(found, Unsettled):
        return found.reason not in ("region_unknown", "no_node", "place_too_wide")
    return found.node != place.node or all(found.region != region.code for region in place.chain)
