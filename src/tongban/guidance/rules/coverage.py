"""The public summary of what a node handles, as nodes sign, publish and read it; how fresh it is. Pure.

Shape: ``{"node": "63", "as_of": "<ISO instant>", "items": {"QH2020-1-07": {"modes": [...], "cases": 7, "days": 12,
"since": "2026-10-01"}}, "contacts": [{"entry": "QH2020-1-07", "region": "630100", "unit": …, "phone": …, "hours": …,
"confirmed_on": "2026-11-02"}]}``; ``cases`` and ``days`` (median working days, null for fewer than five cases) are the
decided cases of the last year; ``since`` is the day the item was opened; ``entry`` of a contact is empty for all items.
It travels as a compact JWS by the node's own key, so that nobody else can say what a node handles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tongban_wire import jws
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.strict import write_json
from tongban_wire.trust import TrustList

PATH: Final = "/zones/coverage.jws"
TYPE: Final = "tongban-coverage+jws"
MOST_BYTES: Final = 500_000
MOST_ITEMS: Final = 5_000
MOST_CONTACTS: Final = 2_000
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
    contacts: tuple[Mapping[str, str], ...] = ()

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"items": dict(self.items), "contacts": list(self.contacts)}


def seal(summary: Mapping[str, Any], key: SigningKey) -> str:
    """The summary as a compact JWS."""
    return jws.sign(write_json(dict(summary)), key, TYPE)


def open_signed(raw: bytes, node: str, trust: TrustList, at: datetime) -> Summary:
    """The summary of ``node``, if that node itself signed it with a key valid at ``at``. Raises :class:`BadSummary`."""
    try:
        payload, kid = jws.verify(raw.decode("ascii").strip(), TYPE, lambda kid: trust.signer(kid, at)[1])
        if trust.signer(kid, at)[0].node != node:
            raise BadSummary(node)
    except (WireProblem, UnicodeDecodeError) as error:
        raise BadSummary(node) from error
    return read(payload, node)


def read(raw: bytes, node: str) -> Summary:
    """The summary that ``node`` sent, held to its shape: unknown fields are dropped, anything odd refuses it all."""
    try:
        found = json.loads(raw)
        as_of = datetime.fromisoformat(found["as_of"])
        rows = found["items"]
        if found["node"] != node or as_of.tzinfo is None or len(rows) > MOST_ITEMS:
            raise BadSummary(node)
        contacts = found.get("contacts", [])
        if len(contacts) > MOST_CONTACTS:
            raise BadSummary(node)
        return Summary(
            node, as_of, {key: _row(key, row) for key, row in rows.items()}, tuple(_contact(c) for c in contacts)
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSummary(node) from error


def _row(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    modes, cases, days = row["modes"], row.get("cases", 0), row.get("days")
    if not _KEY.fullmatch(key) or not set(modes) <= MODES or type(cases) is not int or cases < 0:
        raise BadSummary(key)
    if days is not None and (type(days) is not int or not 0 <= days <= 10_000):
        raise BadSummary(key)
    since = row.get("since")
    if since is not None:
        date.fromisoformat(since)
    return {"modes": list(modes), "cases": cases, "days": days, "since": since}


def _contact(row: Mapping[str, Any]) -> dict[str, str]:
    found = {name: row[name] for name in ("entry", "region", "unit", "phone", "hours", "confirmed_on")}
    if not all(isinstance(value, str) and len(value) <= 120 for value in found.values()):
        raise BadSummary("contact")
    if not re.fullmatch(r"\d{6}", found["region"]) or not (found["entry"] == "" or _KEY.fullmatch(found["entry"])):
        raise BadSummary("contact")
    date.fromisoformat(found["confirmed_on"])
    return found


def state(heard_at: datetime | None, now: datetime, error: str) -> str:
    """``fresh``, ``old`` (the last is older than :data:`FRESH` or the last asking failed), ``silent``: never."""
    if heard_at is None:
        return "silent"
    return "old" if error or now - heard_at > FRESH else "fresh"
