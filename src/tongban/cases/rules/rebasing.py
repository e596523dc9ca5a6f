"""Moving a running case from one version of its item to a later one: what changes, and what stands against it. Pure.

A case stays pinned for its life (decision 8) unless somebody moves it, explicitly and on the record. Three things hold
whatever the versions say: no due date ever becomes later by it, nobody has to hand in again what was complete, and a
case goes on where it is: same unit, same plan, same way of filing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, Protocol

from tongban.kernel.time import Calendar

from . import completeness, deadlines
from .completeness import Requirement
from .deadlines import Clock

REASONS: Final = ("law_changed", "base_item_changed", "error_corrected", "easier_for_applicants")
"""Why a case may be moved."""

OBSTACLES: Final = (
    "already_decided", "correction_open", "mode_closed", "competence_changed", "plan_changed", "answers_missing",
    "answers_invalid", "materials_missing", "limit_passed",
)  # fmt: skip


Fate = Literal["follows", "stays", "called_then"]
"""What becomes of a step of a joint plan: its open part follows; a part that was answered stays as it was decided; a
step that was not called yet is called under the new version."""


class Ref(Protocol):
    @property
    def version(self) -> int: ...
    @property
    def digest(self) -> str: ...


class Version(Protocol):
    """What the rule reads of a version; items give values of this shape."""

    @property
    def ref(self) -> Ref: ...
    @property
    def form(self) -> Mapping[str, Any]: ...
    @property
    def materials(self) -> Sequence[Requirement]: ...
    @property
    def modes(self) -> Collection[str]: ...
    @property
    def plan(self) -> Sequence[object]: ...
    @property
    def fields_leaving(self) -> Collection[str]: ...
    @property
    def statutory_days(self) -> int | None: ...
    @property
    def promised_days(self) -> int | None: ...
    @property
    def tell_once_days(self) -> int: ...
    @property
    def department(self) -> str: ...
    @property
    def region_level(self) -> str: ...
    @property
    def decision_place(self) -> str: ...
    @property
    def anchor_kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LimitChange:
    """``name``: statutory_days | promised_days | tell_once_days; working days, None: none fixed."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One version against another: keys of fields and materials, in the order of their lists. ``*_required``: asked of
    everybody now and not before; ``*_freed``: the reverse. ``moved``: what decides where the case is handled."""

    fields_added: tuple[str, ...]
    fields_removed: tuple[str, ...]
    fields_required: tuple[str, ...]
    fields_freed: tuple[str, ...]
    fields_changed: tuple[str, ...]
    materials_added: tuple[str, ...]
    materials_removed: tuple[str, ...]
    materials_changed: tuple[str, ...]
    limits: tuple[LimitChange, ...]
    modes_closed: tuple[str, ...]
    plan_changed: bool
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A running case. ``answers`` and ``supplied`` are what this node holds of it: what was let to leave."""

    status: str
    mode: str
    answers: Mapping[str, Any]
    supplied: frozenset[str]
    tell: Clock | None
    work: Clock | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """``code`` of :data:`OBSTACLES`; ``keys``: the fields or materials it is about."""

    code: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What moving this case would do: its clocks afterwards, or why it cannot be moved."""

    obstacles: tuple[Obstacle, ...]
    tell: Clock | None
    work: Clock | None


def changes(before: Version, after: Version) -> Change:
    """What a case under ``before`` meets under ``after``."""
    old, new = _fields(before), _fields(after)
    must, now = _required(before), _required(after)
    had, has = ({m.key: m for m in v.materials} for v in (before, after))
    limits = ("statutory_days", "promised_days", "tell_once_days")
    places = ("department", "region_level", "decision_place", "anchor_kind")
    return Change(
        fields_added=tuple(k for k in new if k not in old),
        fields_removed=tuple(k for k in old if k not in new),
        fields_required=tuple(k for k in new if k in now and k not in must),
        fields_freed=tuple(k for k in old if k in must and k in new and k not in now),
        fields_changed=tuple(k for k in new if k in old and new[k] != old[k]),
        materials_added=tuple(k for k in has if k not in had),
        materials_removed=tuple(k for k in had if k not in has),
        materials_changed=tuple(k for k in has if k in had and has[k] != had[k]),
        limits=tuple(
            LimitChange(name, getattr(before, name), getattr(after, name))
            for name in limits
            if getattr(before, name) != getattr(after, name)
        ),
        modes_closed=tuple(m for m in before.modes if m not in after.modes),
        plan_changed=tuple(before.plan) != tuple(after.plan),
        moved=tuple(name for name in places if getattr(before, name) != getattr(after, name)),
    )


def judge(before: Version, after: Version, case: Running, today: date, calendar: Calendar) -> Verdict:
    """Whether and how ``case`` goes on under ``after``. Total: every case gets a verdict.

    Judged is what the case would newly lack; what it lacks already is a matter of correction, not of the version.
    """
    change, found = changes(before, after), []
    if case.status == "correction":
        found.append(Obstacle("correction_open"))
    elif case.status not in ("received", "accepted"):
        found.append(Obstacle("already_decided"))
    if case.mode not in after.modes:
        found.append(Obstacle("mode_closed", (case.mode,)))
    if change.moved:
        found.append(Obstacle("competence_changed", change.moved))
    if case.mode == "joint" and change.plan_changed:
        found.append(Obstacle("plan_changed"))
    faults = _faults(after, case)
    for path, code in _faults(before, case).items():
        if faults.get(path) == code:
            del faults[path]
    for name, wanted in (("answers_missing", True), ("answers_invalid", False)):
        if keys := tuple(path for path, code in faults.items() if (code == "required") is wanted):
            found.append(Obstacle(name, keys))
    lacking = set(_missing(before, case))
    if missing := tuple(key for key in _missing(after, case) if key not in lacking):
        found.append(Obstacle("materials_missing", missing))
    tell = _shortened(case.tell, after.tell_once_days, calendar)
    work = _shortened(case.work, deadlines.handling_days(after.promised_days, after.statutory_days), calendar)
    if passed := tuple(
        name for name, was, is_ in (("tell", case.tell, tell), ("work", case.work, work)) if _passes(was, is_, today)
    ):
        found.append(Obstacle("limit_passed", passed))
    return Verdict(tuple(found), tell, work)


def fate_of(part: str | None) -> Fate:
    """``part``: the status of the step's part as the lead knows it, None before it is called. The plan and with it
    every limit is the same in both versions (obstacle ``plan_changed``), so no day of a part changes."""
    if part is None:
        return "called_then"
    return "follows" if part in ("called", "open") else "stays"


def _passes(before: Clock | None, after: Clock | None, today: date) -> bool:
    """A shorter limit would be over at once."""
    if before is None or after is None or before.due is None or after.due is None:
        return False
    return after.due.on < today <= before.due.on


def _shortened(clock: Clock | None, days: int, calendar: Calendar) -> Clock | None:
    return clock if clock is None else deadlines.shorten(clock, days, calendar)


def _faults(version: Version, case: Running) -> dict[str, str]:
    """Faults of the answers under a version's form, as far as this place can see: fields that stay with the place of
    intake are not missed, and answers to fields that are gone do not disturb."""
    fields = _fields(version)
    known = {key: value for key, value in case.answers.items() if key in fields}
    found = completeness.faults(version.ref.digest, version.form, known)
    hidden = {key for key in fields if key not in version.fields_leaving}
    return {path: code for path, code in found.items() if not (code == "required" and path in hidden)}


def _missing(version: Version, case: Running) -> tuple[str, ...]:
    return completeness.missing_materials(version.materials, case.supplied, case.answers)


def _fields(version: Version) -> Mapping[str, Any]:
    found: Mapping[str, Any] = version.form.get("properties", {})
    return found


def _required(version: Version) -> frozenset[str]:
    return frozenset(version.form.get("required", ()))
