"""Reading elements from JSON and writing them back, field by field, so that every fault names its field. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import msgspec

from tongban.items.elements import ELEMENTS, Elements
from tongban.kernel.events import to_json


@dataclass(frozen=True, slots=True)
class Misread:
    """A field that is not what it should be. ``detail`` is the reader's own English sentence with the path."""

    field: str
    code: str  # unknown_field, wrong_shape
    detail: str = ""


def read_elements(raw: Mapping[str, Any]) -> tuple[Elements, tuple[Misread, ...]]:
    """The elements that could be read, and what could not. An absent field is not known, and no fault."""
    values: dict[str, Any] = {}
    faults = []
    for key, value in raw.items():
        if key not in ELEMENTS:
            faults.append(Misread(key, "unknown_field"))
            continue
        try:
            values[key] = read_field(key, value)
        except msgspec.ValidationError as error:
            faults.append(Misread(key, "wrong_shape", str(error)))
    return Elements(**values), tuple(faults)


def read_field(key: str, value: Any) -> Any:
    """One element. Raises ``msgspec.ValidationError`` with the path inside the field."""
    made = msgspec.convert(value, _types()[key])
    if (unknown := _unknown(made, value)) is not None:
        raise msgspec.ValidationError(f"unknown field `{unknown}`")
    return made


def write_elements(elements: Elements, only: Iterable[str] = ELEMENTS) -> dict[str, Any]:
    """The JSON form: only what is known, so that a later element does not change the digest of earlier content.
    ``only`` some of the elements."""
    values = ((key, getattr(elements, key)) for key in only)
    return {key: _compact(value) for key, value in values if value is not None and value != ()}


def _compact(value: Any) -> Any:
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, tuple):
        return [_compact(each) for each in value]
    kind: Any = type(value)
    if (fields := _fields(kind)) is None:
        return to_json(value)
    found = ((f.name, getattr(value, f.name), f) for f in fields)
    return {name: _compact(each) for name, each, f in found if not _left_out(f, each)}


def _left_out(field: dataclasses.Field[Any], value: Any) -> bool:
    """The default, or nothing where the default is made."""
    if field.default_factory is not dataclasses.MISSING:
        return not value
    return field.default is not dataclasses.MISSING and bool(value == field.default)


def _unknown(made: Any, raw: Any) -> str | None:
    """A key that the reader passed over: JSON objects hold what their dataclass names and nothing else."""
    if isinstance(made, tuple):
        return next((u for m, r in zip(made, raw, strict=True) if (u := _unknown(m, r)) is not None), None)
    kind: Any = type(made)
    if isinstance(raw, dict) and _fields(kind) is not None:
        return next((str(key) for key in raw if key not in _names(kind)), None)
    return None


@cache
def _fields(kind: type) -> tuple[dataclasses.Field[Any], ...] | None:
    """The fields of a dataclass, None for any other type; looked up for every value of every element."""
    return dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else None


@cache
def _names(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in _fields(kind) or ())


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Elements)
