"""What an item manager works on: the newest version of an item, with its elements and those of the base item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.config import config

from .elements import Elements
from .models import BaseItem, BaseVersion, Implementation
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


def base_elements(code: str) -> Elements:
    """The elements of the base item's newest version; nothing known for an unknown code."""
    content = BaseItem.objects.filter(code=code).values_list("content", flat=True).first()
    return _of(content or {})


def _of(content: Mapping[str, Any]) -> Elements:
    return read_elements(content.get("elements", {}))[0]
