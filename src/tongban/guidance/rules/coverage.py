"""The public summary of what a node handles, as nodes publish and read it; how fresh it is. Pure.

Shape: ``{"node": "63", "as_of": "<ISO instant>", "items": {"QH2020-1-07": {"modes": [...], "cases": 7, "days": 12}}}``;
``cases`` and ``days`` (median working days, null for fewer than five cases) are the decided cases of the last year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

PATH: Final = "/zones/coverage.json"
MOST_BYTES: Final = 500_000
MOST_ITEMS: Final = 5_000
MODES: Final = frozenset({"online", "proxy", "joint", "any_office"})
FRESH: Final = timedelta(minutes=15)
_KEY: Final = re.compile(r"[A-Z]{2,6}\d{4}-\d-\d{2,4}")


class BadSummary(ValueError):
    """What came is no summary of that node."""


@dataclass(frozen=True, slots=True)
class Summary:
    node: str
    as_of: datetime
    items: Mapping[str, Mapping[str, Any]]


def read(raw: bytes, node: str) -> Summary:
    """The summary that ``node`` sent, held to its shape: unknown fields are dropped, anything odd refuses it all."""
    try:
        found = json.loads(raw)
        as_of = datetime.fromisoformat(found["as_of"])
        rows = found["items"]
        if found["node"] != node or as_of.tzinfo is None or len(rows) > MOST_ITEMS:
            raise BadSummary(node)
        return Summary(node, as_of, {key: _row(key, row) for key, row in rows.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSummary(node) from error


def _row(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    modes, cases, days = row["modes"], row.get("cases", 0), row.get("days")
    if not _KEY.fullmatch(key) or not set(modes) <= MODES or type(cases) is not int or cases < 0:
        raise BadSummary(key)
    if days is not None and (type(days) is not int or not 0 <= days <= 10_000):
        raise BadSummary(key)
    return {"modes": list(modes), "cases": cases, "days": days}


def state(heard_at: datetime | None, now: datetime, error: str) -> str:
    """``fresh``, ``old`` (the last is older than :data:`FRESH` or the last asking failed), ``silent``: never."""
    if heard_at is None:
        return "silent"
    return "old" if error or now - heard_at > FRESH else "fresh"
