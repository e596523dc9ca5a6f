"""JSON as we take it: one reading only.

A document that two programs could read differently is refused instead of guessed at: a key given twice, a number
beyond 2^53 (read inexactly by many), NaN, text that is not Unicode, a NUL sign (PostgreSQL cannot store it), nesting
deeper than :data:`MAX_DEPTH`. Source: RFC 8259 §4, §6, §8 (interoperability notes) and RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from tongban.kernel.problems import Refusal

MAX_DEPTH: Final = 12
MAX_NUMBER: Final = 2**53 - 1


def decode(raw: bytes) -> Any:
    """The value, or the refusal ``request.malformed`` with ``reason`` naming what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("not_utf8") from None
    try:
        value = _DECODER.decode(text)
    except Refusal:
        raise
    except RecursionError:
        raise _malformed("too_deep") from None
    except ValueError:  # includes integers of more than 4,300 digits
        raise _malformed("not_json") from None
    _check(value, 1)
    return value


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is int or kind is float:
        if not -MAX_NUMBER <= value <= MAX_NUMBER:  # also refuses infinity, e.g. 1e999
            raise _malformed("number_too_large")
    elif kind is dict or kind is list:
        if depth > MAX_DEPTH:
            raise _malformed("too_deep")
        if kind is dict:
            for key, child in value.items():
                _check_text(key)
                _check(child, depth + 1)
        else:
            for child in value:
                _check(child, depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise _malformed("nul_sign")
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise _malformed("lone_surrogate")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed("duplicate_key")
    return found


def _constant(_: str) -> NoReturn:
    raise _malformed("not_json")


def _malformed(reason: str) -> Refusal:
    return Refusal("request.malformed", reason=reason)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)
