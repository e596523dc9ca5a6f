"""Regions, authorities, windows, anchor places and the calendar, for reading.

Region codes have six digits everywhere (GB/T 2260). Unknown codes give None or nothing, never an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from django.db.models import Q

from tongban.kernel.time import Calendar

from .models import (
    AnchorPlaceRow,
    Authority,
    CalendarDay,
    CalendarVersion,
    Region,
    RegionAlias,
    ServiceHall,
    Window,
)
from .views import AnchorPlace, AuthorityView, RegionLevel, RegionView, WindowView

__all__ = [
    "AnchorPlace",
    "AuthorityView",
    "RegionLevel",
    "RegionView",
    "WindowView",
    "anchor_place",
    "anchor_places",
    "authorities",
    "authority",
    "calendar",
    "calendar_version",
    "chain",
    "children",
    "forget",
    "path",
    "region",
    "region_name",
    "search_regions",
    "window",
    "windows",
]


_KEPT_SECONDS: Final = 10.0
_kept: dict[str, tuple[float, tuple[RegionView, ...]]] = {}
"""Chains of regions asked for lately, province first, and (under "/" and the code) what lies below: they change by a
loading, every few months."""


_kept_answers: dict[tuple[str, ...], tuple[float, Any]] = {}
"""What every page about an item asks for: windows, units, kinds of place. Question → until when, answer."""

T = TypeVar("T")


def forget() -> None:
    """Ask the database again; after a loading, and in tests."""
    _kept.clear()
    _kept_answers.clear()


def _keeping(question: tuple[str, ...], ask: Callable[[], T]) -> T:
    kept = _kept_answers.get(question)
    if kept is not None and kept[0] > time.monotonic():
        answer: T = kept[1]
        return answer
    if len(_kept_answers) > 2000:
        _kept_answers.clear()
    found = ask()
    _kept_answers[question] = (time.monotonic() + _KEPT_SECONDS, found)
    return found


def region(code: str) -> RegionView | None:
    """The region in force with this code; an old code gives the region it became part of."""
    found = chain(code)
    return found[-1] if found else None


def _find(code: str) -> RegionView | None:
    row = Region.objects.filter(code=code).first()
    if row is None:
        alias = RegionAlias.objects.filter(code=code).first()
        row = Region.objects.filter(code=alias.current).first() if alias else None
    return _region(row) if row else None


def region_name(code: str, language: str = "zh") -> str:
    """Its own name, e.g. ``"城东区"``; the code itself if unknown."""
    found = region(code)
    return (found.name_en if language == "en" else found.name) if found else code


def chain(code: str) -> tuple[RegionView, ...]:
    """The region and everything above it, province first; empty if unknown. Usually no query, at first one."""
    kept = _kept.get(code)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    found = _chain(code)
    if found:
        _kept[code] = (time.monotonic() + _KEPT_SECONDS, found)
    return found


def _chain(code: str) -> tuple[RegionView, ...]:
    likely = Region.objects.filter(code__in={code, f"{code[:4]}00", f"{code[:2]}0000"})
    near = {row.code: _region(row) for row in likely}
    found: list[RegionView] = []
    current = near.get(code) or _find(code)
    while current is not None:
        found.insert(0, current)
        current = (near.get(current.parent) or _find(current.parent)) if current.parent else None
    return tuple(found)


def path(code: str, language: str = "zh") -> tuple[str, ...]:
    """Names from the province down: ``("青海省", "西宁市", "城东区")``."""
    return tuple(r.name_en if language == "en" else r.name for r in chain(code))


def children(code: str | None) -> tuple[RegionView, ...]:
    """What lies directly below, in the order of pinyin; with None the provinces in the order of their codes."""
    at = f"/{code or ''}"
    kept = _kept.get(at)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    rows = Region.objects.filter(parent=code).order_by("pinyin", "code") if code else (
        Region.objects.filter(level="province").order_by("code")
    )  # fmt: skip
    found = tuple(_region(r) for r in rows)
    if found or code:
        _kept[at] = (time.monotonic() + _KEPT_SECONDS, found)
    return found


def search_regions(text: str, limit: int = 20) -> tuple[RegionView, ...]:
    """Regions whose name contains the text or whose pinyin, code or English name begins with it; larger ones first."""
    text = text.strip()
    if not text:
        return ()
    rows = Region.objects.filter(
        Q(name__contains=text) | Q(pinyin__startswith=text.lower()) | Q(code__startswith=text)
        | Q(name_en__istartswith=text)
    )  # fmt: skip
    order = {"province": 0, "prefecture": 1, "county": 2}
    found = sorted(rows[:400], key=lambda r: (not r.name.startswith(text), order[r.level], r.pinyin, r.code))
    return tuple(_region(r) for r in found[:limit])


def authority(code: str) -> AuthorityView | None:
    def ask() -> AuthorityView | None:
        row = Authority.objects.filter(code=code).first()
        return _authority(row) if row else None

    return _keeping(("authority", code), ask)


def authorities(region: str | None = None, department: str | None = None) -> tuple[AuthorityView, ...]:
    """Units of exactly this region and department, either of which may be left open."""

    def ask() -> tuple[AuthorityView, ...]:
        rows = Authority.objects.order_by("region", "department")
        if region is not None:
            rows = rows.filter(region=region)
        if department is not None:
            rows = rows.filter(department=department)
        return tuple(_authority(r) for r in rows)

    return ask() if region is None else _keeping(("authorities", region, department or "/"), ask)


def windows(region: str) -> tuple[WindowView, ...]:
    """跨省通办 windows in this region and everything below it."""

    def ask() -> tuple[WindowView, ...]:
        codes = [region]
        level = [region]
        while level:
            level = list(Region.objects.filter(parent__in=level).values_list("code", flat=True))
            codes += level
        return _windows(Window.objects.filter(region__in=codes).order_by("region", "code"))

    return _keeping(("windows", region), ask)


def window(code: str) -> WindowView | None:
    found = _windows(Window.objects.filter(code=code))
    return found[0] if found else None


def anchor_places() -> tuple[AnchorPlace, ...]:
    """The annex's kinds of place in its order, then those that only detailed items need."""
    return tuple(_anchor(r) for r in AnchorPlaceRow.objects.order_by("-in_annex", "position"))


def anchor_place(kind: str) -> AnchorPlace | None:
    def ask() -> AnchorPlace | None:
        row = AnchorPlaceRow.objects.filter(kind=kind).first()
        return _anchor(row) if row else None

    return _keeping(("anchor_place", kind), ask)


def calendar() -> Calendar:
    """The working calendar in force: the version that knows the furthest. Without any loaded, weeks alone count and
    everything is estimated."""
    row = CalendarVersion.objects.order_by("-official_until", "-version").first()
    if row is None:
        return Calendar(version="none", official_until=date.min)
    return _calendar(row.version, row.digest)


def calendar_version(version: str) -> Calendar | None:
    """An earlier calendar, for due dates computed with it."""
    row = CalendarVersion.objects.filter(version=version).first()
    return _calendar(row.version, row.digest) if row else None


@lru_cache(maxsize=8)
def _calendar(version: str, digest: str) -> Calendar:  # digest: a changed file is another calendar
    head = CalendarVersion.objects.get(version=version)
    days = CalendarDay.objects.filter(version=version).values_list("day", "working")
    return Calendar.of(version, head.official_until, days)


def _region(row: Region) -> RegionView:
    return RegionView(row.code, row.name, cast(RegionLevel, row.level), row.parent, row.pinyin, row.name_en)


def _authority(row: Authority) -> AuthorityView:
    return AuthorityView(
        row.code, row.node, row.region, row.department, row.name, row.name_en,
        cast(RegionLevel, row.level), row.generated,
    )  # fmt: skip


def _anchor(row: AnchorPlaceRow) -> AnchorPlace:
    return AnchorPlace(row.kind, row.label, row.label_en, row.explanation, row.explanation_en)


def _windows(rows: Iterable[Window]) -> tuple[WindowView, ...]:
    found = list(rows)
    halls = {h.code: h for h in ServiceHall.objects.filter(code__in={w.hall for w in found})}
    return tuple(
        WindowView(
            code=w.code, hall_code=w.hall, hall_name=halls[w.hall].name, hall_name_en=halls[w.hall].name_en,
            name=w.name, name_en=w.name_en, region=w.region, node=w.node,
            hours=tuple((days, span) for days, span in w.hours), generated=w.generated,
        )
        for w in found
    )  # fmt: skip
