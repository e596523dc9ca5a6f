"""Reading elements from JSON and writing them back, field by field, so that every fault names its field. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
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


def write_elements(elements: Elements) -> dict[str, Any]:
    """The JSON form: only what is known, so that a later element does not change the digest of earlier content."""
    empty: tuple[Any, ...] = (None, ())
    return {
        f.name: _compact(getattr(elements, f.name))
        for f in dataclasses.fields(Elements)
        if getattr(elements, f.name) not in empty
    }


def _compact(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _compact(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.default is dataclasses.MISSING or getattr(value, f.name) != f.default
            if not (f.default_factory is not dataclasses.MISSING and not getattr(value, f.name))
        }
    if isinstance(value, tuple):
        return [_compact(each) for each in value]
    return to_json(value)


def _unknown(made: Any, raw: Any) -> str | None:
    """A key that the reader passed over: JSON objects hold what their dataclass names and nothing else."""
    if isinstance(made, tuple):
        return next((u for m, r in zip(made, raw, strict=True) if (u := _unknown(m, r)) is not None), None)
    if dataclasses.is_dataclass(made) and not isinstance(made, type):
        return next((str(key) for key in raw if key not in {f.name for f in dataclasses.fields(made)}), None)
    return None


@cache
def _types() -> dict[str, Any]:
    return get_type_hints(Elements)
