"""Does the filing answer what the pinned item version asks? Answers against its form, files against its list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, Protocol

import jsonschema
from jsonschema.protocols import Validator

from tongban.kernel import numbers, relative_days
from tongban.kernel.problems import Refusal

FORMATS: Final = jsonschema.FormatChecker(formats=("date", "email"))
"""The formats a form may name; a value that is not a string is the business of ``type``."""

_CODES: Final[Mapping[str, str]] = {
    "required": "required", "type": "type", "format": "format", "pattern": "format", "enum": "enum", "const": "enum",
    "minLength": "too_short", "maxLength": "too_long", "minimum": "too_small", "maximum": "too_big",
    "minItems": "too_few", "maxItems": "too_many", "additionalProperties": "unknown_field",
    "unevaluatedProperties": "unknown_field", "formatMinimum": "too_small", "formatMaximum": "too_big",
}  # fmt: skip


def _register(name: str, test: Callable[[str], bool]) -> None:
    FORMATS.checks(name)(lambda value: not isinstance(value, str) or test(value))


for _name, _test in numbers.FORMATS.items():
    _register(_name, _test)


class Requirement(Protocol):
    """What a material list says of one material; ``items`` gives values of this shape."""

    @property
    def key(self) -> str: ...

    def needed(self, answers: Mapping[str, Any]) -> bool: ...


@lru_cache(maxsize=256)
def _validator(digest: str, form: FrozenForm) -> Validator:
    return jsonschema.Draft202012Validator(form.schema, format_checker=FORMATS)


class FrozenForm:
    """A form with the digest of its version, so that its validator is built once."""

    __slots__ = ("digest", "schema")

    def __init__(self, digest: str, schema: Mapping[str, Any]) -> None:
        self.digest, self.schema = digest, schema

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenForm) and other.digest == self.digest


def faults(digest: str, form: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """Field path → code of the fault, empty if the answers fit the form. ``digest`` is the item version's.

    Codes: required, type, format, date, enum, too_short, too_long, too_small, too_big, too_few, too_many,
    unknown_field, invalid.
    """
    found: dict[str, str] = {}
    for error in _validator(digest, FrozenForm(digest, form)).iter_errors(dict(answers)):
        for path, code in _named(error):
            found.setdefault(path, code)
    return dict(sorted(found.items()))


def _named(error: jsonschema.ValidationError) -> Iterable[tuple[str, str]]:
    base = [str(part) for part in error.absolute_path]
    code = _CODES.get(str(error.validator), "invalid")
    if error.validator == "format" and error.validator_value == "date":
        code = "date"
    instance: Any = error.instance
    if error.validator == "required":
        wanted: Any = error.validator_value
        names = [name for name in wanted if name not in instance]
    elif code == "unknown_field":
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        names = [name for name in instance if name not in known]
    else:
        return [(".".join(base) or "answers", code)]
    return [(".".join([*base, name]), code) for name in names]


def region_fields(form: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """The answers that are region codes: field → code. Whether a region exists is not for a pure rule to know."""
    return {
        name: str(answers[name])
        for name, schema in form.get("properties", {}).items()
        if schema.get("format") == "region-code" and name in answers
    }


def looked_at(state: str, exempt_by: str | None) -> bool:
    """Whether the window can look at a material (R-081): handed in, still to be handed in, shown in person, or replaced
    by something it has before it. What the place that decides looks up itself (``exempt_by`` data), and what nobody
    handed in (``state`` optional), it cannot judge."""
    return state in ("supplied", "missing", "on_site") or (state == "exempt" and exempt_by != "data")


def missing_materials(
    requirements: Iterable[Requirement], supplied: Collection[str], answers: Mapping[str, Any]
) -> tuple[str, ...]:
    """Keys of the materials that must be there and are not; what is exempt is never missing (免提交)."""
    return tuple(r.key for r in requirements if r.key not in supplied and r.needed(answers))


def check(
    digest: str,
    form: Mapping[str, Any],
    requirements: Iterable[Requirement],
    *,
    answers: Mapping[str, Any],
    supplied: Collection[str],
    is_region: Callable[[str], bool],
    on: date,
    others: Mapping[str, str] | None = None,
) -> None:
    """Raise Refusal request.invalid (faults per field) or state.materials_missing; otherwise the filing is complete.
    ``on``: the day of filing, from which bounds of dates count; ``others``: faults that other rules found, by field."""
    dates = {name: code for name, (code, _) in relative_days.faults(form, answers, on).items()}
    found = {**dates, **(others or {}), **faults(digest, form, answers)}
    for name, code in region_fields(form, answers).items():
        if name not in found and not is_region(code):
            found[name] = "unknown_region"
    if found:
        raise Refusal("request.invalid", fields={f"answers.{name}": code for name, code in found.items()})
    missing = missing_materials(requirements, supplied, answers)
    if missing:
        raise Refusal("state.materials_missing", fields={f"materials.{key}": "required" for key in missing})
