"""Between which two places an entry is open on which day, in which stage, and who is still exempted. Pure.

Total and single-valued: any rules, exemptions, places and day give exactly one :class:`Opening`. Days are half-open:
``begins`` is the first day, ``ends`` the first day on which it no longer holds. A rule whose ``begins`` is None waits
for a condition (条件成熟时) and never opens by itself.
Sources: R-001, R-002, R-052, R-053, R-298 to R-300; the annex of 2020, no. 1-21 to 1-23, 2-50 and batch 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, Literal

Kind = Literal["cross_province", "province_wide", "regional"]
Stage = Literal["trial", "live"]
State = Literal["open", "exempt", "not_yet", "ended", "not_here", "unlisted"]
Why = Literal["live", "trial", "exempted", "due", "condition", "regions_unknown", "ended", "outside", "no_rule"]
KINDS: Final[tuple[Kind, ...]] = ("cross_province", "province_wide", "regional")
STAGES: Final[tuple[Stage, ...]] = ("trial", "live")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One stage of an entry's reach.

    ``members`` are region codes; empty means every region. ``ends_meant`` says which of the two places must lie in
    them: ``both``, or ``there``, the place the matter belongs to (省会城市及计划单列市). ``regions_known`` is False
    while nobody has said which regions take part (待核): then it opens nothing. ``words`` quote the source.
    """

    key: str
    entry_key: str
    kind: Kind
    stage: Stage = "live"
    area: str = ""
    members: tuple[str, ...] = ()
    ends_meant: Literal["both", "there"] = "both"
    regions_known: bool = True
    begins: date | None = None
    ends: date | None = None
    depends_on: str = ""
    words: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A region that takes no part in an entry yet. ``ends`` None: nobody has said until when."""

    key: str
    entry_key: str
    region: str
    begins: date
    ends: date | None = None
    words: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The answer. ``since``: open from that day. ``until``: when it will be open, or ends, or the exemption ends; None
    if nobody has said. ``region``: who is exempted. ``scope``: the key of the rule behind it, empty if none."""

    state: State
    why: Why
    kind: Kind | None = None
    stage: Stage | None = None
    since: date | None = None
    until: date | None = None
    region: str = ""
    scope: str = ""
    words: str = ""

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that say different things about one day."""

    one: str
    other: str


def covers(region: str, code: str) -> bool:
    """Whether ``code`` lies in ``region`` (both of six digits), by the prefixes of GB/T 2260."""
    return code.startswith(region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region)


def opening(
    scopes: Iterable[Scope], exemptions: Iterable[Exemption], here: Sequence[str], there: Sequence[str], on: date
) -> Opening:
    """``here`` and ``there`` are region codes from the province down (as ``organizations.chain`` gives them, not
    empty). Live goes before trial, the wider before the narrower; among rules that do not hold yet the earliest day
    speaks. Inside one province nobody is exempted: there the authority's own powers apply as ever.
    """
    same = here[0][:2] == there[0][:2]
    fitting = [s for s in scopes if s.kind != "province_wide" or same]
    if not fitting:
        return Opening(state="unlisted", why="no_rule")
    reached = [s for s in fitting if _reaches(s, here[-1], there[-1], same)]
    if not reached:
        return Opening(state="not_here", why="outside", kind=fitting[0].kind, words=fitting[0].words)
    holding = sorted((s for s in reached if s.regions_known and _holds(s.begins, s.ends, on)), key=_first)
    if holding:
        if not same and (out := _exempted(exemptions, here[-1], there[-1], on)):
            return Opening(
                state="exempt", why="exempted", kind=holding[0].kind, until=out.ends, region=out.region, words=out.words
            )
        best = holding[0]
        return Opening(
            state="open", why=best.stage, kind=best.kind, stage=best.stage, since=best.begins, until=best.ends,
            scope=best.key, words=best.words,
        )  # fmt: skip
    return _closed(reached, on)


def _closed(reached: Sequence[Scope], on: date) -> Opening:
    coming = [s for s in reached if s.regions_known and s.begins and s.begins > on]
    if coming:
        return _not_yet(min(coming, key=lambda s: (s.begins or on, s.key)), "due")
    unknown = [s for s in reached if not s.regions_known and s.begins and (s.ends is None or s.ends > on)]
    if unknown:
        return _not_yet(min(unknown, key=lambda s: (s.begins or on, s.key)), "regions_unknown")
    waiting = [s for s in reached if s.begins is None and (s.ends is None or s.ends > on)]
    if waiting:
        return _not_yet(waiting[0], "condition")
    last = max(reached, key=lambda s: (s.ends or on, s.key))
    return Opening(state="ended", why="ended", kind=last.kind, stage=last.stage, until=last.ends, words=last.words)


def _not_yet(scope: Scope, why: Why) -> Opening:
    until = scope.begins if why == "due" else None
    return Opening(
        state="not_yet", why=why, kind=scope.kind, stage=scope.stage, until=until, scope=scope.key, words=scope.words
    )


def _reaches(scope: Scope, here: str, there: str, same: bool) -> bool:
    if scope.kind == "regional" and not scope.members:
        return False
    if not scope.members:
        return True
    asked = (there,) if scope.ends_meant == "there" else (here, there)
    return all(any(covers(member, code) for member in scope.members) for code in asked)


def _holds(begins: date | None, ends: date | None, on: date) -> bool:
    return begins is not None and begins <= on and (ends is None or on < ends)


def _first(scope: Scope) -> tuple[bool, int, date, str]:
    return (scope.stage != "live", KINDS.index(scope.kind), scope.begins or date.max, scope.key)


def _exempted(exemptions: Iterable[Exemption], here: str, there: str, on: date) -> Exemption | None:
    """The exemption that lasts longest, one without an end before all others."""
    found = [
        e for e in exemptions if (covers(e.region, here) or covers(e.region, there)) and _holds(e.begins, e.ends, on)
    ]
    return max(found, key=lambda e: (e.ends or date.max, e.key), default=None)


def overlaps(scopes: Sequence[Scope]) -> tuple[Overlap, ...]:
    """Dated rules of one entry, kind and area that hold on one day; the database refuses them too."""
    dated = [s for s in scopes if s.begins is not None]
    return tuple(
        Overlap(a.key, b.key)
        for a, b in combinations(dated, 2)
        if (a.entry_key, a.kind, a.area) == (b.entry_key, b.kind, b.area)
        and (a.begins or date.min) < (b.ends or date.max)
        and (b.begins or date.min) < (a.ends or date.max)
    )


def twice_exempt(exemptions: Sequence[Exemption]) -> tuple[Overlap, ...]:
    """Exemptions of one entry and region that overlap."""
    return tuple(
        Overlap(a.key, b.key)
        for a, b in combinations(exemptions, 2)
        if (a.entry_key, a.region) == (b.entry_key, b.region)
        and a.begins < (b.ends or date.max)
        and b.begins < (a.ends or date.max)
    )


def late(due: date, exemptions: Iterable[Exemption], region: str, done: date | None, on: date) -> bool:
    """Whether a region is behind with an entry: a day of its own goes before the day of the batch (R-053)."""
    own = _exempted(exemptions, region, region, due)
    if own is not None:
        if own.ends is None:
            return False
        due = own.ends
    return (done or on) > due
