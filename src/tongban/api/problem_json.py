"""Refusals as ``application/problem+json`` (RFC 9457): the same form for every error of the API.

``type`` resolves to this node's page about the code; ``instance`` is the request id found in the logs; ``whose`` says
who can repair it; ``errors`` points into the request (JSON pointers, RFC 6901).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse

from tongban.api import language, wordings
from tongban.config import config
from tongban.kernel.problems import PROBLEMS, Problem, Refusal

MEDIA_TYPE: Final = "application/problem+json"
_WHOSE: Final = {"request": "caller", "permission": "caller", "state": "state", "peer": "peer", "node": "node"}


def whose(code: str) -> str:
    """Who can repair it: ``caller``, ``state`` (look again, then choose), ``peer`` or ``node``."""
    return _WHOSE[code.partition(".")[0]]


def type_uri(code: str) -> str:
    return f"{config().base_url}/api/v1/problems/{code}"


def body(refusal: Refusal, spoken: language.Language, request_id: str | None) -> dict[str, Any]:
    """The members of the problem document; parameters of the refusal stand under ``params``."""
    problem: Problem = PROBLEMS[refusal.code]
    english = spoken == "en"
    remedy = problem.remedy_en if english else problem.remedy
    found: dict[str, Any] = {
        "type": type_uri(problem.code),
        "title": problem.title_en if english else problem.title,
        "status": problem.status,
        "detail": wordings.detail(problem.code, refusal.params, remedy, spoken),
        "code": problem.code,
        "whose": whose(problem.code),
        "remedy": remedy,
        "errors": [
            {"field": pointer(path), "code": fault, "message": wordings.fault(fault, spoken)}
            for path, fault in refusal.fields.items()
        ],
        "params": _plain(refusal.params),
    }
    if request_id:
        found["instance"] = f"urn:uuid:{request_id}"
    return found


def render(request: HttpRequest, refusal: Refusal, *, allow: str | None = None) -> HttpResponse:
    spoken = language.of_header(request.headers.get("Accept-Language", ""))
    request_id = getattr(request, "request_id", None)
    content = msgspec.json.encode(body(refusal, spoken, str(request_id) if request_id else None))
    response = HttpResponse(content, status=refusal.problem.status, content_type=MEDIA_TYPE)
    response["Content-Language"] = "en" if spoken == "en" else "zh-CN"
    response["Vary"] = "Accept-Language"
    response["Cache-Control"] = "no-store"
    if refusal.problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="tongban"'
    if refusal.code == "request.idempotency_in_progress" or refusal.problem.status == 503:
        response["Retry-After"] = "1"
    if allow:
        response["Allow"] = allow
    return response


def pointer(path: str) -> str:
    """``answers.name`` or ``/answers/name`` → ``/answers/name``; ``?name`` is a query parameter and stays."""
    return path if path.startswith(("/", "?")) or not path else "/" + path.replace(".", "/")


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, (str, int, float, bool, list, dict, type(None), tuple)) else str(value)
            for key, value in params.items()}
