"""One item as two places handle it: what a window has to do differently from what it does at home (peers F5). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tongban.items.elements import ELEMENTS
from tongban.items.views import MaterialReq, VersionView

from .uniformity import compare

Part = Literal["mode", "limit", "material", "review_points", "field", "element"]
State = Literal["only_here", "only_there", "differs"]

OWN_AFFAIR: Final = frozenset({"unit", "place", "online"})
"""Groups of elements that every place has of its own: whose office, and where. No difference to heed."""
ELSEWHERE: Final = frozenset(
    {
        "materials", "statutory_limit", "promised_limit", "situations",  # the parts above show them
        "state", "local_base_code", "implementation_code", "local_code", "handling_code",  # each place has its own
    }
)  # fmt: skip
"""Elements that are no difference to heed, or are shown as another part."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as at home. ``key`` names it inside its part; ``name``/``name_en`` for people; the values
    in JSON form, None where a side has nothing."""

    part: Part
    key: str
    name: str
    name_en: str
    state: State
    here: Any
    there: Any


def differences(here: VersionView, there: VersionView) -> tuple[Difference, ...]:
    """Everything that differs, in the order in which a window works: ways of filing, limits, materials with their
    review points, the form, other elements. A version beside itself differs in nothing."""
    return (
        *_sets("mode", set(here.modes), set(there.modes)),
        *_limits(here, there),
        *_materials(here, there),
        *_fields(here, there),
        *_elements(here, there),
    )


def _sets(part: Part, here: set[str], there: set[str]) -> list[Difference]:
    return [
        Difference(part, key, key, key, "only_here" if key in here else "only_there", key in here, key in there)
        for key in sorted(here ^ there)
    ]


def _limits(here: VersionView, there: VersionView) -> list[Difference]:
    found = []
    for key in ("statutory_days", "promised_days", "tell_once_days"):
        a, b = getattr(here, key), getattr(there, key)
        if a != b:
            found.append(Difference("limit", key, key, key, _state(a, b), a, b))
    return found


def _materials(here: VersionView, there: VersionView) -> list[Difference]:
    found = []
    ours, theirs = ({m.key: m for m in v.materials} for v in (here, there))
    for key in dict.fromkeys([*theirs, *ours]):
        a, b = ours.get(key), theirs.get(key)
        shown = b or a
        assert shown is not None
        asked = _asked(a), _asked(b)
        if asked[0] != asked[1]:
            found.append(Difference("material", key, shown.name, shown.name_en, _state(*asked), *asked))
        if a is not None and b is not None and a.review_points != b.review_points:
            points = list(a.review_points), list(b.review_points)
            found.append(Difference("review_points", key, b.name, b.name_en, "differs", *points))
    return found


def _asked(material: MaterialReq | None) -> dict[str, Any] | None:
    """What a place asks for with a material."""
    if material is None:
        return None
    return {
        "name": material.name, "necessity": material.necessity, "form": material.form, "exempt": material.exempt,
        "when": material.when,
    }  # fmt: skip


def _fields(here: VersionView, there: VersionView) -> list[Difference]:
    found = []
    ours, theirs = (v.form.get("properties", {}) for v in (here, there))
    for key in dict.fromkeys([*theirs, *ours]):
        a, b = _field(here, key), _field(there, key)
        shown: Mapping[str, Any] = theirs.get(key) or ours[key]
        if a != b:
            title = str(shown.get("title", key))
            found.append(Difference("field", key, title, str(shown.get("title_en", title)), _state(a, b), a, b))
    return found


def _field(version: VersionView, key: str) -> dict[str, Any] | None:
    field = version.form.get("properties", {}).get(key)
    if field is None:
        return None
    return {"title": field.get("title", key), "required": key in version.form.get("required", ()),
            "values": field.get("enum")}  # fmt: skip


def _elements(here: VersionView, there: VersionView) -> list[Difference]:
    keys = [k for k, e in ELEMENTS.items() if e.group not in OWN_AFFAIR and k not in ELSEWHERE]
    return [
        Difference(
            "element", c.path, ELEMENTS[c.path].zh, ELEMENTS[c.path].en, _state(c.base, c.local), c.base, c.local
        )
        for c in compare(here.elements, there.elements, keys)
        if c.state != "same"
    ]


def _state(here: Any, there: Any) -> State:
    return "only_there" if here is None else "only_here" if there is None else "differs"
