"""Strict bytes: base64url and JSON without surprises, and the one way to write them."""

from __future__ import annotations

import binascii
import json
import math
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, Final

from .problems import WireProblem

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
MAX_DEPTH: Final = 32
"""Deepest nesting of objects and lists."""


def b64url(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64url(text: str | bytes, code: str) -> bytes:
    """The one canonical reading; padding, other signs and stray trailing bits are refused with ``code``."""
    try:
        raw = text.encode("ascii") if isinstance(text, str) else text
        decoded = urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise WireProblem(code, "base64url") from None
    if urlsafe_b64encode(decoded).rstrip(b"=") != raw:
        raise WireProblem(code, "base64url: not the one spelling")
    return decoded


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
    """UTF-8 JSON without duplicate keys, NaN, infinities, lone surrogates, NUL, byte order mark or deep nesting.

    Raises ``WireProblem("json.malformed")`` or ``("json.duplicate_key")``.
    """
    try:
        value = _decoder.decode(raw.decode("utf-8"))
        if b"\\u" in raw or raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:  # else there is nothing to find
            _check(value, 0)
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


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise WireProblem("json.malformed", "a sign that no database keeps")
    elif isinstance(value, (dict, list)):
        if depth == MAX_DEPTH:
            raise WireProblem("json.malformed", "nested too deeply")
        for inner in value:
            _check(inner, depth + 1)
        if isinstance(value, dict):
            for inner in value.values():
                _check(inner, depth + 1)


def write_json(value: Any) -> bytes:
    """Compact UTF-8. What is signed is what travels, so no canonical form is needed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def write_instant(at: datetime) -> str:
    """RFC 3339 in UTC with ``Z``."""
    if at.tzinfo is None:
        raise ValueError("an aware instant is needed")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
