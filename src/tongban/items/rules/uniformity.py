"""One item, one standard: which elements are uniform, what an implementation inherits, and where it drifts. Pure.

Three profiles, because three documents count differently (requirements X-06). Uniform elements come from the base item;
local content that names one is refused, not merged (R-033). Drift is found field by field in what was published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from tongban.items.elements import ELEMENTS, Elements

from .elements import write_elements

Profile = Literal["four_same", "ten_same", "ten_elements"]
State = Literal["same", "differs", "only_base", "only_local"]

_FOUR: Final = ("name", "national_code", "legal_basis", "item_type")
PROFILES: Final[Mapping[Profile, tuple[str, ...]]] = {
    "four_same": _FOUR,
    "ten_same": (
        *_FOUR, "statutory_limit.value", "statutory_limit.unit", "has_quantity_limit", "annual_check", "annual_report",
        "service_objects",
    ),
    "ten_elements": (
        *_FOUR, "conditions", "service_objects", "process", "materials", "statutory_limit", "result_name",
    ),
}  # fmt: skip
"""四级四同 (003), 四级十同 (001 四(二)2), 四个基本要素与六个办事要素 (000 1, 002 (六))."""

UNIFORM: Final = tuple(dict.fromkeys(path.partition(".")[0] for paths in PROFILES.values() for path in paths))
"""Elements that some profile wants to be the same everywhere, whole elements only."""

INHERITED: Final[Mapping[Profile, tuple[str, ...]]] = {
    profile: tuple(dict.fromkeys(path.partition(".")[0] for path in paths)) for profile, paths in PROFILES.items()
}


DEFAULT_PROFILE: Final[Profile] = "ten_same"
"""In force unless an installation says otherwise: the one that a provincial document spells out word for word."""


class NotLocal(ValueError):
    """Local content sets elements that are uniform under the profile in force."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One element side by side, in JSON form; None where a side does not know it."""

    path: str
    base: Any
    local: Any
    state: State


@dataclass(frozen=True, slots=True)
class Rate:
    """``same`` of ``known``: elements that the base knows. Nothing known compares to nothing, and is no success."""

    same: int
    known: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.same / self.known) if self.known else None

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.same + other.same, self.known + other.known)


def inherit(base: Elements, local: Elements, profile: Profile) -> Elements:
    """Uniform elements of the base, everything else of the local place, and the base's where the place says nothing.

    A uniform element that the base does not know may be filled locally. Raises :class:`NotLocal`.
    """
    clash = [
        path.partition(".")[0]
        for path in PROFILES[profile]
        if _known(wanted := _element(base, path)) and _known(given := _element(local, path)) and wanted != given
    ]
    if clash:
        raise NotLocal(dict.fromkeys(clash))
    return replace(local, **{k: getattr(base, k) for k in ELEMENTS if not _known(getattr(local, k))})


def fixed(base: Elements, profile: Profile = DEFAULT_PROFILE) -> tuple[str, ...]:
    """The elements that a base item sets for everybody: uniform, and known."""
    return tuple(key for key in INHERITED[profile] if _known(getattr(base, key)))


def adopt(base: Elements, local: Elements, given: Collection[str], profile: Profile = DEFAULT_PROFILE) -> Elements:
    """``local`` with the base's word wherever a uniform element stands otherwise; what is ``given`` now stays, for
    :func:`inherit` to judge. A new version thereby takes over what the base item changed meanwhile."""
    behind = {
        head for path in PROFILES[profile]
        if (head := path.partition(".")[0]) not in given and _known(_element(base, path))
        and _element(base, path) != _element(local, path)
    }  # fmt: skip
    return replace(local, **{key: getattr(base, key) for key in behind})


def drift(base: Elements, local: Elements, profile: Profile) -> tuple[Comparison, ...]:
    """Every element of the profile, side by side, in the profile's order. Elements neither side knows are left out."""
    return compare(base, local, PROFILES[profile])


def compare(one: Elements, other: Elements, paths: Sequence[str] = tuple(ELEMENTS)) -> tuple[Comparison, ...]:
    """Any two, element by element; ``paths`` may reach into a limit (``statutory_limit.unit``)."""
    heads = dict.fromkeys(path.partition(".")[0] for path in paths)
    left, right = write_elements(one, heads), write_elements(other, heads)
    found = []
    for path in paths:
        a, b = _at(left, path), _at(right, path)
        if a is None and b is None:
            continue
        state: State = "only_local" if a is None else "only_base" if b is None else "same" if a == b else "differs"
        found.append(Comparison(path, a, b, state))
    return tuple(found)


def rate(compared: Iterable[Comparison]) -> Rate:
    """How much of what the base knows is the same."""
    known = [c for c in compared if c.state != "only_local"]
    return Rate(sum(c.state == "same" for c in known), len(known))


def rates_by_element(compared: Iterable[Sequence[Comparison]]) -> dict[str, Rate]:
    """Over many implementations: element → rate."""
    found: dict[str, Rate] = {}
    for one in compared:
        for line in one:
            if line.state != "only_local":
                found[line.path] = found.get(line.path, Rate(0, 0)) + Rate(int(line.state == "same"), 1)
    return found


def changed(old: Elements, new: Elements, profile: Profile) -> tuple[str, ...]:
    """The uniform elements that a new version of a base item changes: what implementations have to take over."""
    return tuple(c.path for c in compare(old, new, INHERITED[profile]) if c.state != "same")


def _known(value: Any) -> bool:
    return value not in (None, ())


def _element(elements: Elements, path: str) -> Any:
    head, _, rest = path.partition(".")
    value = getattr(elements, head)
    return getattr(value, rest) if rest and value is not None else value


def _at(raw: Mapping[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    value = raw.get(head)
    return value.get(rest) if rest and isinstance(value, Mapping) else value
