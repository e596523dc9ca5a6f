"""Checking lists, reach and places of the loaded catalog: part of ``tongban catalog check``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tongban.organizations import queries as organizations
from tongban.organizations.groups import groups

from . import lists, reach, routing, store
from .rules.lists import entry_of
from .rules.scopes import overlaps, twice_exempt


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong (error) or not known yet (warning). ``what``: an entry, a list or a scope."""

    level: Literal["error", "warning"]
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list as it stands: ``listed`` items of ``expected`` (None: the source gives no number)."""

    code: str
    name: str
    verified: bool
    edition: int | None
    listed: int
    expected: int | None
    linked: int


@dataclass(frozen=True, slots=True)
class ReachReport:
    lists: tuple[ListLine, ...]
    scopes: int
    exemptions: int
    decides: Counter[str]
    findings: tuple[Found, ...]

    @property
    def errors(self) -> tuple[Found, ...]:
        return tuple(f for f in self.findings if f.level == "error")

    @property
    def warnings(self) -> Counter[str]:
        return Counter(f.code for f in self.findings if f.level == "warning")


def check(day: date) -> ReachReport:
    """Every list, every scope and exemption, every entry's places."""
    catalog = store.catalog()
    lines = tuple(_line(row, day) for row in lists.all_lists(day))
    findings = [*_lists(day), *_scopes(day), *_places()]
    decides: Counter[str] = Counter(routing.placing_of(entry).decides for entry in catalog.entries.values())
    scopes = sum(map(len, catalog.scopes.values()))
    return ReachReport(lines, scopes, sum(map(len, catalog.exemptions.values())), decides, tuple(findings))


def _line(row: lists.ListView, day: date) -> ListLine:
    found = lists.edition(row.code, on=day)
    linked = len(lists.linked(found.annex)) if found else 0
    return ListLine(row.code, row.name, row.verified, row.edition, row.count or 0, row.expected, linked)


def _lists(day: date) -> Iterator[Found]:
    names, entries = lists.names(), store.catalog().entries
    for row in lists.all_lists(day):
        found = lists.edition(row.code, on=day)
        if found is None:
            yield Found("warning", "list_without_text", row.code)
            continue
        if found.digest != lists.digest(row.code, found.number or 0, found.annex):
            yield Found("error", "edition_digest_differs", row.code)
        if row.expected not in (None, len(found.annex.lines)):
            yield Found("error", "count_differs", row.code)
        unlinked = [line for line in found.annex.lines if entry_of(line, names) is None]
        level: Literal["error", "warning"] = "error" if row.code == lists.PRIMARY else "warning"
        yield from (Found(level, "line_unlinked", f"{row.code}/{line.batch}-{line.seq}") for line in unlinked)
        if row.code == lists.PRIMARY:
            listed = {entry_of(line, names) for line in found.annex.lines}
            yield from (Found("error", "entry_not_listed", key) for key in entries if key not in listed)


def _scopes(day: date) -> Iterator[Found]:
    catalog, owners = store.catalog(), reach.owners()
    for key in catalog.entries:
        own, out = catalog.scopes.get(key, ()), catalog.exemptions.get(key, ())
        if not own:
            yield Found("error", "no_scope", key)
        for clash in (*overlaps(own), *twice_exempt(out)):
            alike = owners.get(clash.one) == owners.get(clash.other)
            what = f"{clash.one} {clash.other}"
            yield Found("error", "scopes_overlap", what) if alike else Found("warning", "said_by_two_nodes", what)
        for scope in own:
            group = groups().get(scope.area)
            if any(organizations.region(code) is None for code in scope.members):
                yield Found("error", "unknown_region", scope.key)
            if group is not None and group.members != scope.members:
                yield Found("warning", "group_has_changed", scope.key)
            if not scope.regions_known:
                yield Found("warning", "pilot_regions_unknown", scope.key)
            if scope.begins is None:
                yield Found("warning", "waits_for_a_condition", scope.key)
        yield from (Found("warning", "exemption_without_end", e.key) for e in out if e.ends is None and e.begins <= day)
    yield from (Found("error", "scope_of_unknown_entry", key) for key in catalog.scopes if key not in catalog.entries)


def _places() -> Iterator[Found]:
    for entry in store.catalog().entries.values():
        if not routing.places_of(entry.key) and routing.placing_of(entry).decides == "open":
            yield Found("warning", "no_place_word", entry.key)
