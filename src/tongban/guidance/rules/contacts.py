"""Whom to call about an item at a place (R-122): what a contact must say, and when it is out of date. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tongban.kernel.problems import Refusal

STALE_AFTER: Final = timedelta(days=180)
_PHONE: Final = re.compile(r"(0\d{2,3}-)?\d{5,8}(-\d{1,6})?|1\d{2}\*{4}\d{4}")
"""A number of a unit: with or without area code, extension; never a whole mobile number, which is a person's."""


@dataclass(frozen=True, slots=True)
class Contact:
    """``entry`` is empty if it answers for all items. ``stale``: not confirmed for :data:`STALE_AFTER`."""

    entry: str
    region: str
    unit: str
    phone: str
    hours: str
    confirmed_on: date
    stale: bool


def check(unit: str, phone: str, hours: str) -> None:
    """Refuses (request.invalid) what cannot be a unit's contact."""
    faults = {}
    if not 2 <= len(unit) <= 60:
        faults["unit"] = "required" if not unit else "too_long"
    if not _PHONE.fullmatch(phone):
        faults["phone"] = "pattern" if phone else "required"
    if not 2 <= len(hours) <= 60:
        faults["hours"] = "required" if not hours else "too_long"
    if faults:
        raise Refusal("request.invalid", fields=faults)


def is_stale(confirmed_on: date, today: date) -> bool:
    return today - confirmed_on > STALE_AFTER


def contact_of(row: Mapping[str, str], today: date) -> Contact:
    """A contact as it stands in a summary."""
    day = date.fromisoformat(row["confirmed_on"])
    return Contact(
        row["entry"], row["region"], row["unit"], row["phone"], row["hours"], day, is_stale(day, today)
    )  # fmt: skip


def nearest(contacts: Iterable[Contact], entry: str, chain: tuple[str, ...]) -> Contact | None:
    """Of the contacts for this entry or for all items: the one of the narrowest region of ``chain`` (province first),
    the entry's own before one for all."""
    fitting = [c for c in contacts if c.region in chain and c.entry in ("", entry)]
    return max(fitting, key=lambda c: (chain.index(c.region), c.entry == entry), default=None)
