"""How uniform the catalog is: by place, by item, by element; and any two places side by side (统一率, R-033)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db.models import Max

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
    bases = {
        code: (name, read_elements(raw or {})[0])
        for code, name, raw in BaseItem.objects.values_list("code", "name", "content__elements")
    }
    newest = Implementation.objects.values("owner", "code").annotate(last=Max("version"))
    last = {(row["owner"], row["code"]): row["last"] for row in newest}
    by_place: dict[str, Rate] = {}
    by_element = dict.fromkeys(PROFILES[profile], Rate(0, 0))
    by_item: dict[str, tuple[int, Rate]] = {}
    rows = Implementation.objects.values_list("owner", "code", "version", "content__elements")
    for owner, code, version, raw in rows.iterator(chunk_size=500):
        base = bases.get(code.partition("/")[0])
        if base is None or last[owner, code] != version:
            continue
        compared = drift(base[1], _read(raw), profile)
        found = rate(compared)
        by_place[owner] = by_place.get(owner, Rate(0, 0)) + found
        places, before = by_item.get(base_code := code.partition("/")[0], (0, Rate(0, 0)))
        by_item[base_code] = (places + 1, before + found)
        for line in compared:
            by_element[line.path] += rate((line,))
    return Uniformity(
        profile=profile, by_place=dict(sorted(by_place.items())), by_element=by_element,
        by_item=tuple(ItemRates(code, bases[code][0], n, each) for code, (n, each) in sorted(by_item.items())),
        whole=sum(by_place.values(), Rate(0, 0)),
    )  # fmt: skip


def _read(raw: dict[str, object] | None) -> Elements:
    return read_elements(raw or {})[0]
