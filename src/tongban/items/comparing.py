"""How uniform the catalog is: by place, by item, by element; and any two places side by side (统一率, R-033)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from tongban.kernel.ids import DIRECTORY

from . import store
from .current import Current, current, each_of, everywhere
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
    with connection.cursor() as cursor:  # from one to the next by the index: DISTINCT would read every row
        cursor.execute(
            "WITH RECURSIVE found AS ((SELECT min(owner) AS owner FROM items_implementation) UNION ALL"
            " SELECT (SELECT min(owner) FROM items_implementation WHERE owner > found.owner) FROM found"
            " WHERE found.owner IS NOT NULL) SELECT owner FROM found WHERE owner IS NOT NULL"
        )
        return tuple(owner for (owner,) in cursor.fetchall())


def pairs(one: str, other: str, after: str = "", limit: int = 50) -> tuple[tuple[Pair, ...], str | None]:
    """The items that both sides have, a page at a time; a side may be :data:`BASE`."""
    side = one if one != BASE else other
    codes = Implementation.objects.filter(owner=side, code__gt=after).order_by("code")
    if other not in (BASE, side):
        codes = codes.filter(code__in=Implementation.objects.filter(owner=other).values("code"))
    found = list(codes.values_list("code", flat=True).distinct()[: limit + 1])
    left, right = _sides(one, found[:limit]), _sides(other, found[:limit])
    rows = tuple(_pair(code, left[code], right[code]) for code in found[:limit] if code in left and code in right)
    return rows, found[limit - 1] if len(found) > limit else None


def side_by_side(one: str, other: str, code: str) -> tuple[Comparison, ...] | None:
    """Every element that either side knows; None if one of them has not this item."""
    left, right = _side(one, code), _side(other, code)
    return compare(left.elements, right.elements) if left is not None and right is not None else None


def against_base(code: str, profile: Profile = DEFAULT_PROFILE) -> tuple[tuple[str, Rate], ...]:
    """Every place that has an implementation of a base item's code, with its uniformity."""
    base = _side(BASE, code)
    if base is None:
        return ()
    return tuple((owner, rate(drift(base.elements, own.elements, profile))) for owner, own in everywhere(code).items())


def name_of(code: str) -> str:
    """The name of a base item; the code if there is none."""
    base = _side(BASE, code)
    return str(base.content["name"]) if base is not None else code


def _pair(code: str, one: Current, other: Current) -> Pair:
    compared = compare(one.elements, other.elements)
    named = one if one.kind == "implementation" else other
    return Pair(code, named.content["name"], sum(c.state == "same" for c in compared), len(compared))


def _sides(owner: str, codes: list[str]) -> dict[str, Current]:
    if owner != BASE:
        return each_of("implementation", codes, owner)
    bases = each_of("base", {code.partition("/")[0] for code in codes})
    return {code: bases[base] for code in codes if (base := code.partition("/")[0]) in bases}


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
    heads = dict.fromkeys(path.partition(".")[0] for path in _PATHS)
    columns = ", ".join(f"{head} jsonb" for head in heads)
    values = [f"e.{head} -> '{part}'" if part else f"e.{head}" for head, _, part in (p.partition(".") for p in _PATHS)]
    sums = ", ".join(f"count(*) FILTER (WHERE {value} = b.known -> {n})" for n, value in enumerate(values))
    known = {code: [base.known.get(path) for path in _PATHS] for code, base in bases.items()}
    with connection.cursor() as cursor:  # unpacking the content costs most: once a row, and several workers may
        cursor.execute(
            f"SELECT i.owner, b.code, count(*), {sums} FROM items_implementation i"  # noqa: S608 - our own words alone
            " JOIN (SELECT owner, code, max(version) AS version FROM items_implementation GROUP BY owner, code) newest"
            "   USING (owner, code, version)"
            f" CROSS JOIN LATERAL jsonb_to_record(coalesce(i.content -> 'elements', '{{}}')) AS e({columns})"
            " JOIN jsonb_each(%s::jsonb) AS b(code, known) ON b.code = split_part(i.code, '/', 1)"
            " GROUP BY i.owner, b.code",
            [json.dumps(known, ensure_ascii=False)],
        )
        rows = cursor.fetchall()
    return bases, [(owner, code, n, dict(zip(_PATHS, same, strict=True))) for owner, code, n, *same in rows]


def _read(raw: dict[str, object] | None) -> Elements:
    return read_elements(raw or {})[0]
