"""Strict reading: JSON without surprises, and frozen dataclasses from JSON by their annotations."""

from __future__ import annotations

import binascii
import dataclasses
import json
import math
import re
import types
import typing
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, TypeVar, Union
from uuid import UUID

from .problems import WireProblem

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BASE64URL: Final = re.compile(rb"[A-Za-z0-9_-]*")
_SUSPECT: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|[\x00\x7f]")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
MAX_TEXT: Final = 2000
MAX_INTEGER: Final = 2**53 - 1

Reader = Callable[[Any, str], Any]


# ---- bytes -------------------------------------------------------------------------------------------------------

def b64url(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64url(text: str | bytes, code: str) -> bytes:
    """The one canonical reading; padding, other signs and stray trailing bits are refused with ``code``."""
    try:
        raw = text.encode("ascii") if isinstance(text, str) else text
        if len(raw) % 4 == 1 or not _BASE64URL.fullmatch(raw):
            raise WireProblem(code, "base64url")
        decoded = urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
        tail = len(raw) % 4
        if tail and urlsafe_b64encode(decoded[-(len(decoded) % 3):]).rstrip(b"=") != raw[-tail:]:
            raise WireProblem(code, "base64url: stray bits")
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise WireProblem(code, "base64url") from None
    return decoded


# ---- JSON --------------------------------------------------------------------------------------------------------

def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WireProblem("json.duplicate_key")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise WireProblem("json.malformed", "number out of range")
    return value


def _no_constant(text: str) -> Any:
    raise WireProblem("json.malformed", text)


_decoder: Final = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_constant)


def read_json(raw: bytes) -> Any:
    """UTF-8 JSON. Refused: duplicate keys, NaN, infinities, lone surrogates, NUL, a byte order mark, deep nesting."""
    try:
        value = _decoder.decode(raw.decode("utf-8"))
        if _SUSPECT.search(raw):
            _check_text(value)
    except WireProblem:
        raise
    except (ValueError, RecursionError):
        raise WireProblem("json.malformed") from None
    return value


def read_object(raw: bytes, code: str) -> dict[str, Any]:
    """As :func:`read_json`, for an object; anything else is refused with ``code``."""
    value = read_json(raw)
    if not isinstance(value, dict):
        raise WireProblem(code, "not an object")
    return value


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise WireProblem("json.malformed", "a sign that no database keeps")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def write_json(value: Any) -> bytes:
    """Compact UTF-8. What is signed is what travels, so no canonical form is needed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def write_instant(at: datetime) -> str:
    """RFC 3339 in UTC with ``Z``."""
    if at.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---- dataclasses -------------------------------------------------------------------------------------------------

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
    return {
        name: to_json(inner) for name in field_names(type(value)) if (inner := getattr(value, name)) is not None
    }


def field_names(kind: type) -> tuple[str, ...]:
    found = _names.get(kind)
    if found is None:
        found = _names[kind] = tuple(f.name for f in dataclasses.fields(kind) if f.metadata.get("wire", True))
    return found


T = TypeVar("T")
_names: Final[dict[type, tuple[str, ...]]] = {}
_readers: Final[dict[type, Reader]] = {}


def read_dataclass(kind: type[T], value: Any, where: str = "") -> T:
    """A frozen dataclass from a JSON object. Unknown fields are ignored; a missing or wrong one is refused by name."""
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
    str: _text, int: _integer, bool: _boolean, datetime: read_instant, date: _day, UUID: read_uuid, Any: _anything,
}


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
