"""Answers of the gate: JSON, and problems as RFC 9457 documents."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse

from tongban.kernel.problems import PROBLEMS


def as_json(value: Any, *, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    """A JSON answer that nobody may keep or sniff."""
    response = HttpResponse(msgspec.json.encode(value), status=status, content_type=content_type)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def problem(code: str, *, whose: str, detail: str = "", retry_after: int | None = None) -> HttpResponse:
    """A problem document. ``whose`` names the side that can repair it: sender, receiver or nobody."""
    found = PROBLEMS[code]
    body = {
        "type": f"/problems/{code}",
        "title": found.title_en,
        "status": found.status,
        "code": code,
        "whose": whose,
    }
    if detail:
        body["detail"] = detail
    response = as_json(body, status=found.status, content_type="application/problem+json")
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
