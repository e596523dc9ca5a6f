"""What an item manager works on: the newest version of an item, with its elements and those of the base item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from tongban.config import config

from .elements import Elements
from .models import BaseItem, BaseVersion, Implementation, ListEntry
from .rules.elements import read_elements


@dataclass(frozen=True, slots=True)
class Current:
    """``base`` is None for a base item itself."""

    kind: str
    code: str
    entry_key: str
    version: int
    valid_from: date
    content: Mapping[str, Any]
    elements: Elements
    base: Elements | None


def current(kind: str, code: str, owner: str | None = None) -> Current | None:
    """The newest version, in force or still to come; ``owner`` of an implementation is this node by default."""
    if kind == "base":
        row = BaseVersion.objects.filter(code=code).order_by("-version").first()
        if row is None:
            return None
        entry = next(iter(row.content.get("entries", ())), "")
        return Current(kind, code, entry, row.version, row.valid_from, row.content, _of(row.content), None)
    own = Implementation.objects.filter(code=code, owner=owner or config().node_id).order_by("-version").first()
    if own is None:
        return None
    return Current(
        kind, code, own.entry_key, own.version, own.valid_from, own.content, _of(own.content), base_elements(code)
    )


def newest(kind: str, owner: str, after: str, limit: int, words: str = "") -> list[Current]:
    """The newest versions of an owner's items after a code, in the order of codes; two queries. ``words``: only items
    whose base item has them in its name, or that have them in their code."""
    if kind == "base":
        heads = BaseVersion.objects.filter(code__gt=after)
        if words:
            heads = heads.filter(Q(code__icontains=words) | Q(code__in=_named(words)))
        versions = heads.order_by("code", "-version").distinct("code")[:limit]
        return [
            Current(kind, v.code, next(iter(v.content.get("entries", ())), ""), v.version, v.valid_from, v.content,
                    _of(v.content), None)
            for v in versions
        ]  # fmt: skip
    rows = Implementation.objects.filter(owner=owner, code__gt=after)
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(content__base_code__in=_named(words)))
    return _with_bases(list(rows.order_by("code", "-version").distinct("code")[:limit]))


def each_of(kind: str, codes: Collection[str], owner: str = "") -> dict[str, Current]:
    """The newest versions of these items, as :func:`current` finds one; at most two queries."""
    if kind == "base":
        versions = BaseVersion.objects.filter(code__in=codes).order_by("code", "-version").distinct("code")
        return {
            v.code: Current(kind, v.code, next(iter(v.content.get("entries", ())), ""), v.version, v.valid_from,
                            v.content, _of(v.content), None)
            for v in versions
        }  # fmt: skip
    rows = Implementation.objects.filter(owner=owner or config().node_id, code__in=codes)
    return {now.code: now for now in _with_bases(list(rows.order_by("code", "-version").distinct("code")))}


def everywhere(code: str) -> dict[str, Current]:
    """Owner → the newest version of its implementation with this code; two queries."""
    rows = list(Implementation.objects.filter(code=code).order_by("owner", "-version").distinct("owner"))
    return {row.owner: now for row, now in zip(rows, _with_bases(rows), strict=True)}


def _with_bases(found: list[Implementation]) -> list[Current]:
    codes = {row.code.partition("/")[0] for row in found}
    bases = {
        code: _of({"elements": raw or {}})
        for code, raw in BaseItem.objects.filter(code__in=codes).values_list("code", "content__elements")
    }
    return [
        Current("implementation", row.code, row.entry_key, row.version, row.valid_from, row.content, _of(row.content),
                bases.get(row.code.partition("/")[0], Elements()))
        for row in found
    ]  # fmt: skip


def _named(words: str) -> list[str]:
    """Codes of the base items with these words in their name."""
    return list(BaseItem.objects.filter(name__icontains=words).values_list("code", flat=True))


def blank(code: str) -> Current | None:
    """A first implementation of a base item, not open for filing: what is uniform, and nothing of the engine's yet.

    ``code`` is a base code, with ``/`` and the place's own part behind it where a node has several.
    """
    base = BaseItem.objects.filter(code=code.partition("/")[0]).first()
    if base is None:
        return None
    entry = next(iter(base.content.get("entries", ())), "")
    listed = ListEntry.objects.filter(key=entry).values_list("content", flat=True).first() or {}
    content = {
        "entry_key": entry, "base_code": base.code, "name": base.name, "name_en": base.content.get("name_en", ""),
        "modes": [], "form": {}, "materials": [], "statutory_days": None, "promised_days": None, "tell_once_days": 5,
        "anchor_kind": "", "anchor_label": "", "anchor_label_en": "", "decision_place": "competent_region", "plan": [],
        "result_name": "", "result_name_en": "", "result_type": "none", "fields_leaving": [], "min_level": 1,
        "department": base.content.get("department", ""), "region_level": "county", "filable": False,
        "guide": listed.get("guide", {}),
    }  # fmt: skip
    return Current("implementation", code, entry, 0, date.min, content, Elements(), _of(base.content))


def base_elements(code: str) -> Elements:
    """The elements of the base item's newest version; nothing known for an unknown code."""
    content = BaseItem.objects.filter(code=code.partition("/")[0]).values_list("content", flat=True).first()
    return _of(content or {})


def _of(content: Mapping[str, Any]) -> Elements:
    return read_elements(content.get("elements", {}))[0]
