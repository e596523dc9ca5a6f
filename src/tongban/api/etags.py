"""Versions in headers: ``ETag`` on what can change, ``If-Match`` on every step, ``If-None-Match`` to save a reading.

Source: RFC 9110 §13.1. A missing If-Match is 428 (RFC 6585 §3), an outdated one 412.
"""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

from tongban.kernel.problems import Refusal

_STRONG: Final = re.compile(r'^"([0-9]{1,9})"$')


def of_version(version: int) -> str:
    """7 → ``"7"``, with the quotes."""
    return f'"{version}"'


def seen_version(request: HttpRequest) -> int:
    """The version the caller has seen, from If-Match. ``*`` is no version: a step needs to know what it changes."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        raise Refusal("request.precondition_missing")
    match = _STRONG.fullmatch(header)
    if match is None:
        raise Refusal("request.malformed", reason="bad_etag")
    return int(match[1])


def is_known(request: HttpRequest, etag: str) -> bool:
    """Does the caller already hold this representation (If-None-Match, weak comparison)?"""
    header = request.headers.get("If-None-Match", "").strip()
    if not header:
        return False
    opaque = etag.removeprefix("W/")
    return header == "*" or any(tag.strip().removeprefix("W/") == opaque for tag in header.split(","))
