"""How uniform the catalog is: by place, by item, by element; and any two places side by side (统一率, R-033)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from tongban.kernel.ids import DIRECTORY

from . import store
from .current import Current, current
from .elements import Elements
from .models import BaseItem, Implementation
from .rules.elements import read_elements
from .rules.uniformity import DEFAULT_PROFILE, PROFILES, Comparison, Profile, Rate, compare, drift, rate

BASE: Final = DIRECTORY
"""The side of the base items."""


@dataclass(frozen=True, slots=True)
class ItemRates:
    """One item over all places."""

    code: str
    name: str
    places: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Uniformity:
    """Rates under one profile: of what the base items know, how much is the same. ``by_place``: owner → rate."""

    profile: Profile
    by_place: dict[str, Rate]
    by_element: dict[str, Rate]
    by_item: tuple[ItemRates, ...]
    whole: Rate


@dataclass(frozen=True, slots=True)
class Pair:
    """One item at two places: how many of the elements either knows are the same."""

    code: str
    name: str
    same: int
    known: int


def uniformity(profile: Profile = DEFAULT_PROFILE) -> Uniformity:
    """Every newest implementation against its base item; read once for each state of the catalog."""
    return _uniformity(store.catalog().token, profile)


def owners() -> tuple[str, ...]:
    """The places that have implementations here."""
    return tuple(Implementation.objects.order_by("owner").values_list("owner", flat=True).distinct())


def pairs(one: str, other: str, after: str = "", limit: int = 50) -> tuple[tuple[Pair, ...], str | None]:
    """The items that both sides have, a page at a time; a side may be :data:`BASE`."""
    side = one if one != BASE else other
    codes = Implementation.objects.filter(owner=side, code__gt=after).order_by("code")
    if other not in (BASE, side):
        codes = codes.filter(code__in=Implementation.objects.filter(owner=other).values("code"))
    found = list(codes.values_list("code", flat=True).distinct()[: limit + 1])
    rows = [pair for code in found[:limit] if (pair := _pair(one, other, code)) is not None]
    return tuple(rows), found[limit - 1] if len(found) > limit else None


def side_by_side(one: str, other: str, code: str) -> tuple[Comparison, ...] | None:
    """Every element that either side knows; None if one of them has not this item."""
    left, right = _side(one, code), _side(other, code)
    return compare(left.elements, right.elements) if left is not None and right is not None else None


def against_base(code: str, profile: Profile = DEFAULT_PROFILE) -> tuple[tuple[str, Rate], ...]:
    """Every place that has an implementation of a base item's code, with its uniformity."""
    base = _side(BASE, code)
    if base is None:
        return ()
    there = Implementation.objects.filter(code=code).order_by("owner").values_list("owner", flat=True).distinct()
    return tuple(
        (owner, rate(drift(base.elements, own.elements, profile)))
        for owner in there
        if (own := _side(owner, code)) is not None
    )


def name_of(code: str) -> str:
    """The name of a base item; the code if there is none."""
    base = _side(BASE, code)
    return str(base.content["name"]) if base is not None else code


def _pair(one: str, other: str, code: str) -> Pair | None:
    compared = side_by_side(one, other, code)
    if compared is None:
        return None
    name = _side(one if one != BASE else other, code)
    return Pair(code, name.content["name"] if name else code, sum(c.state == "same" for c in compared), len(compared))


def _side(owner: str, code: str) -> Current | None:
    if owner == BASE:
        return current("base", code.partition("/")[0])
    return current("implementation", code, owner)


@lru_cache(maxsize=3)
def _uniformity(token: str, profile: Profile) -> Uniformity:
    paths = PROFILES[profile]
    bases, found = _counted(token)
    by_place: dict[str, Rate] = {}
    by_element = dict.fromkeys(paths, Rate(0, 0))
    by_item: dict[str, tuple[int, Rate]] = {}
    for owner, code, places, same in found:
        rates = {path: Rate(same[path], places) for path in paths if path in bases[code].known}
        whole = sum(rates.values(), Rate(0, 0))
        by_place[owner] = by_place.get(owner, Rate(0, 0)) + whole
        count, before = by_item.get(code, (0, Rate(0, 0)))
        by_item[code] = (count + places, before + whole)
        for path, one in rates.items():
            by_element[path] += one
    return Uniformity(
        profile=profile, by_place=dict(sorted(by_place.items())), by_element=by_element,
        by_item=tuple(ItemRates(code, bases[code].name, n, each) for code, (n, each) in sorted(by_item.items())),
        whole=sum(by_place.values(), Rate(0, 0)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Base:
    """A base item: path → what it knows, in JSON form."""

    name: str
    known: dict[str, Any]


_PATHS: Final = tuple(dict.fromkeys(path for paths in PROFILES.values() for path in paths))


@lru_cache(maxsize=1)
def _counted(token: str) -> tuple[dict[str, _Base], list[tuple[str, str, int, dict[str, int]]]]:
    """Base items, and for each (owner, base code): how many newest implementations, and by path how many say the same.

    The database compares, in one scan for all profiles: there are hundreds of thousands. Implementations lie there as
    ``write_elements`` writes them, so that equal elements are equal JSON (twin: ``rules.uniformity.drift``).
    """
    bases = {
        code: _Base(name, {line.path: line.base for line in compare(_read(raw), Elements(), _PATHS)})
        for code, name, raw in BaseItem.objects.values_list("code", "name", "content__elements")
    }
    sums = ", ".join(f"count(*) FILTER (WHERE i.elements #> %s = b.known -> {number})" for number in range(len(_PATHS)))
    known = {code: [base.known.get(path) for path in _PATHS] for code, base in bases.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT i.owner, b.code, count(*), {sums} FROM ("  # noqa: S608 - numbers and our own words alone
            "  SELECT owner, split_part(code, '/', 1) AS base, content -> 'elements' AS elements"
            "  FROM items_implementation JOIN (SELECT owner, code, max(version) AS version FROM items_implementation"
            "    GROUP BY owner, code) newest USING (owner, code, version) OFFSET 0"
            ") i JOIN jsonb_each(%s::jsonb) AS b(code, known) ON b.code = i.base GROUP BY i.owner, b.code",
            [*(path.split(".") for path in _PATHS), json.dumps(known, ensure_ascii=False)],
        )
        rows = cursor.fetchall()
    return bases, [(owner, code, n, dict(zip(_PATHS, same, strict=True))) for owner, code, n, *same in rows]


def _read(raw: dict[str, object] | None) -> Elements:
    return read_elements(raw or {})[0]
