"""Frozen dataclasses to JSON and, strictly, from JSON: the annotations of the fields are the schema."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, TypeVar, Union
from uuid import UUID

from .problems import WireProblem
from .strict import write_instant

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MAX_TEXT: Final = 2000
MAX_INTEGER: Final = 2**53 - 1

Reader = Callable[[Any, str], Any]


def to_json(value: Any) -> Any:
    """A field's value in JSON; None fields of dataclasses are left out."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    names = field_names(type(value))
    return {name: to_json(inner) for name in names if (inner := getattr(value, name)) is not None}


def field_names(kind: type) -> tuple[str, ...]:
    found = _names.get(kind)
    if found is None:
        found = _names[kind] = tuple(f.name for f in dataclasses.fields(kind) if f.metadata.get("wire", True))
    return found


T = TypeVar("T")
_names: Final[dict[type, tuple[str, ...]]] = {}
_readers: Final[dict[type, Reader]] = {}


def read_dataclass(kind: type[T], value: Any, where: str = "") -> T:
    """From a JSON object. Unknown fields are ignored; a missing or wrong one is refused by name."""
    return typing.cast(T, _dataclass_reader(kind)(value, where))


def _wrong(where: str, wanted: str) -> WireProblem:
    return WireProblem("message.malformed", f"{where or 'body'}: {wanted}")


def _text(value: Any, where: str) -> str:
    if type(value) is not str or not value or len(value) > MAX_TEXT:
        raise _wrong(where, "text")
    return value


def _integer(value: Any, where: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise _wrong(where, "whole number, not negative")
    return value


def _boolean(value: Any, where: str) -> bool:
    if type(value) is not bool:
        raise _wrong(where, "true or false")
    return value


def read_instant(value: Any, where: str) -> datetime:
    if type(value) is not str or not _INSTANT.fullmatch(value):
        raise _wrong(where, "instant with offset")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(where, "instant with offset") from None


def _day(value: Any, where: str) -> date:
    if type(value) is not str or not _DATE.fullmatch(value):
        raise _wrong(where, "date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _wrong(where, "date") from None


def read_uuid(value: Any, where: str) -> UUID:
    if type(value) is not str or len(value) != 36:
        raise _wrong(where, "UUID")
    try:
        found = UUID(value)
    except ValueError:
        raise _wrong(where, "UUID") from None
    if str(found) != value:
        raise _wrong(where, "UUID in small letters")
    return found


def _anything(value: Any, where: str) -> Any:
    return value


_SCALARS: Final[Mapping[Any, Reader]] = {
    str: _text, int: _integer, bool: _boolean, datetime: read_instant, date: _day,
    UUID: read_uuid, Any: _anything,
}  # fmt: skip


def _reader_of(annotation: Any) -> Reader:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _pattern_reader(annotation.__metadata__[0])
    if origin is Literal:
        return _choice_reader(arguments)
    if origin in (Union, types.UnionType):
        (inner,) = (a for a in arguments if a is not type(None))
        return _optional_reader(_reader_of(inner))
    if origin is tuple:
        return _tuple_reader(_reader_of(arguments[0]))
    if origin is Mapping:
        return _mapping_reader(_reader_of(arguments[1]))
    if dataclasses.is_dataclass(annotation):
        return _dataclass_reader(typing.cast(type, annotation))
    raise TypeError(f"no reader for {annotation!r}")


def _pattern_reader(pattern: re.Pattern[str]) -> Reader:
    match = pattern.fullmatch

    def read(value: Any, where: str) -> str:
        if type(value) is not str or not match(value):
            raise _wrong(where, f"text like {pattern.pattern}")
        return value

    return read


def _choice_reader(choices: tuple[str, ...]) -> Reader:
    allowed = frozenset(choices)

    def read(value: Any, where: str) -> str:
        if type(value) is not str or value not in allowed:
            raise _wrong(where, "one of " + ", ".join(choices))
        return value

    return read


def _optional_reader(inner: Reader) -> Reader:
    return lambda value, where: None if value is None else inner(value, where)


def _tuple_reader(inner: Reader) -> Reader:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _wrong(where, "list")
        return tuple(inner(v, where) for v in value)

    return read


def _mapping_reader(inner: Reader) -> Reader:
    def read(value: Any, where: str) -> Mapping[str, Any]:
        if type(value) is not dict:
            raise _wrong(where, "object")
        if inner is _anything:
            return typing.cast(Mapping[str, Any], value)
        return {k: inner(v, where) for k, v in value.items()}

    return read


def _dataclass_reader(kind: type) -> Reader:
    found = _readers.get(kind)
    if found is None:
        found = _readers[kind] = _make_dataclass_reader(kind)
    return found


def _make_dataclass_reader(kind: type) -> Reader:
    hints = typing.get_type_hints(kind, include_extras=True)
    plan: list[tuple[str, Reader, bool]] = []
    for f in dataclasses.fields(kind):
        if f.metadata.get("wire", True):
            has_default = f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING
            plan.append((f.name, _reader_of(hints[f.name]), has_default))

    def read(value: Any, where: str) -> Any:
        if type(value) is not dict:
            raise _wrong(where, "object")
        prefix = f"{where}." if where else ""
        found: dict[str, Any] = {}
        for name, reader, has_default in plan:
            if name in value:
                found[name] = reader(value[name], prefix + name)
            elif not has_default:
                raise _wrong(prefix + name, "missing")
        return kind(**found)

    return read
