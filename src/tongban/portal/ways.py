"""What is possible between two places today for one item: modes, windows, papers, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongban.cases.queries import durations
from tongban.config import config
from tongban.guidance import queries as guidance
from tongban.items import queries as items
from tongban.items import reach
from tongban.items.views import EntryView, VersionView
from tongban.organizations import queries as organizations
from tongban.portal import places
from tongban.portal.places import Place
from tongban.portal.rules.roles import Roles, roles

MOST_WINDOWS: Final = 4


@dataclass(frozen=True, slots=True)
class ModeHere:
    """A mode of the item between the two places. ``why`` is a code of ``portal.ways`` words: open, choose_there,
    choose_here or choose_from (a place is missing), choose_city or choose_county (a province alone does not say who
    decides), there_not_joined, here_not_joined, item_not_open, no_window, in_person, read_only, or not_reached (the
    item is not open between the two places today: exempted, not yet, another territory)."""

    mode: str
    open: bool
    why: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Typical time at the node that decides: ``days`` None means too few cases. ``node`` says whose figures."""

    cases: int
    days: int | None
    node: str


@dataclass(frozen=True, slots=True)
class Way:
    entry: EntryView
    version: VersionView | None
    modes: tuple[ModeHere, ...]
    windows: tuple[Any, ...]
    windows_of: str
    bring: tuple[Any, ...]
    spared: tuple[Any, ...]
    measured: Measured | None
    anchor: Any
    releasing: Any
    roles: Roles

    @property
    def missing(self) -> str:
        """Which place has to be named before anything can be said: there, here or from; empty if none."""
        whys = {mode.why for mode in self.modes}
        return next((place for place in ("there", "here", "from") if f"choose_{place}" in whys), "")

    @property
    def open(self) -> bool:
        return any(mode.open for mode in self.modes)

    @property
    def narrower(self) -> bool:
        """Only a narrower place is missing to begin."""
        return not self.open and any(mode.why in ("choose_city", "choose_county") for mode in self.modes)

    @property
    def online(self) -> bool:
        return any(mode.open and mode.mode != "proxy" for mode in self.modes)


def way(key: str, here: Place | None, there: Place | None, *, turned: bool = False) -> Way | None:
    """None for an unknown item."""
    entry = items.entry(key)
    if entry is None:
        return None
    version, parts = versioned(key, here.code if here else "", there.code if there else "", turned=turned)
    windows, windows_of = nearest_windows(here)
    listed = version.modes if version else entry.modes
    modes = tuple(_mode(mode, version, parts, here, there, bool(windows)) for mode in listed)
    if here and there and reach.scopes(key) and not reach.opening(key, here.code, there.code, places.today()).open:
        modes = tuple(ModeHere(each.mode, False, "not_reached" if each.open else each.why) for each in modes)
    materials = version.materials if version else ()
    return Way(
        entry, version, modes, windows, windows_of,
        tuple(m for m in materials if not m.exempt), tuple(m for m in materials if m.exempt),
        measured(key, places.place(parts.deciding)),
        organizations.anchor_place(version.anchor_kind) if version else None,
        organizations.anchor_place(version.releasing_kind) if version else None, parts,
    )  # fmt: skip


def versioned(key: str, here: str, there: str, *, turned: bool = False) -> tuple[VersionView | None, Roles]:
    """The version that applies between the two places, and what each of them is to it."""
    version = places.version_for(key, there)
    if version is None:
        return None, Roles("there", there)
    parts = roles(version.modes, version.decision_place, here, there, turned=turned)
    if parts.kind != "there" and parts.deciding != there:
        version = places.version_for(key, parts.deciding) or version
    return version, parts


def _mode(
    mode: str, version: VersionView | None, parts: Roles, here: Place | None, there: Place | None, windows: bool
) -> ModeHere:
    deciding, giving = places.place(parts.deciding), places.place(parts.giving)
    if mode == "any_office":  # decided where one files: an office of this platform can be booked here
        near = version is not None and any(place is not None and place.is_here for place in (here, there))
        return ModeHere(mode, near, "open" if near else "in_person")
    if version is None:
        return ModeHere(mode, False, "item_not_open")
    if deciding is None:
        return ModeHere(mode, False, "choose_there" if parts.kind == "there" or parts.turned else "choose_here")
    if parts.kind == "transfer" and giving is None:
        return ModeHere(mode, False, "choose_here" if parts.turned else "choose_from")
    if deciding.node is None or (giving is not None and giving.node is None):
        return ModeHere(mode, False, "there_not_joined")
    if items.open_version(version.entry_key, deciding.node) is None:
        return ModeHere(mode, False, "item_not_open")
    wide = items.too_wide(version, deciding.code) if version.decision_place != "intake_region" else None
    if wide is not None:
        return ModeHere(mode, False, wide)
    if mode in ("proxy", "joint") and (here is None or here.node is None):
        return ModeHere(mode, False, "here_not_joined")
    if mode == "proxy" and not windows:
        return ModeHere(mode, False, "no_window")
    if config().is_directory:
        return ModeHere(mode, False, "read_only")
    return ModeHere(mode, True, "open")


def nearest_windows(here: Place | None) -> tuple[tuple[Any, ...], str]:
    """Windows of the place itself, else of the city or province around it, the nearest first; and whose they are."""
    if here is None:
        return (), ""
    for region in reversed(organizations.chain(here.code)):
        found = organizations.windows(region.code)
        if found:
            return found[:MOST_WINDOWS], region.code
    return (), ""


def measured(key: str, there: Place | None) -> Measured | None:
    """Of the node the matter belongs to: counted here if it is this one, else as that node publishes it."""
    if there is None or there.node is None:
        return None
    if there.is_here:
        own = durations.typical_days().get(key)
        return Measured(own.cases if own else 0, own.days if own else None, there.node)
    said = guidance.coverage_of(there.node)
    rows: Mapping[str, Any] = ((said.content or {}).get("items") or {}) if said else {}
    row = rows.get(key)
    if not row:
        return None
    return Measured(int(row.get("cases", 0)), row.get("days"), there.node)
