"""Every exception that can leave an endpoint, as a refusal of the closed list."""

from __future__ import annotations

from typing import Any, Final

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from tongban.api import problem_json
from tongban.kernel.problems import Refusal

log = structlog.get_logger(__name__)

_BY_STATUS: Final = {401: "request.unauthenticated", 403: "permission.denied", 404: "request.not_found",
                     405: "request.method_not_allowed", 413: "request.too_large",
                     415: "request.unsupported_media_type", 429: "request.rate_limited"}


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem document for ``error``; what we did not foresee is logged with its trace and answered 500."""
    refusal = refusal_of(error)
    if refusal is None:
        log.exception("api_failed", request_id=str(getattr(request, "request_id", "")), error=type(error).__name__)
        refusal = Refusal("node.internal")
    elif refusal.code == "node.unavailable":
        log.error("api_unavailable", request_id=str(getattr(request, "request_id", "")), error=type(error).__name__)
    return problem_json.render(request, refusal)


def refusal_of(error: BaseException) -> Refusal | None:
    """What ``error`` means to the caller, or None if it is a defect of ours."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, HttpError):
        if isinstance(error.__cause__, Exception) and (found := refusal_of(error.__cause__)):
            return found
        code = _BY_STATUS.get(error.status_code)
        return Refusal(code) if code else Refusal("request.malformed", reason="bad_request")
    if isinstance(error, RequestDataTooBig):
        return Refusal("request.too_large")
    if isinstance(error, MultiPartParserError):
        return Refusal("request.malformed", reason="bad_multipart")
    if isinstance(error, (SuspiciousOperation, BadRequest, UnreadablePostError)):
        return Refusal("request.malformed", reason="bad_request")
    if isinstance(error, Http404):
        return Refusal("request.not_found")
    return _of_database(error) if isinstance(error, (DatabaseError, InterfaceError)) else None


def _of_database(error: BaseException) -> Refusal | None:
    """The database away: 503."""
    return Refusal("node.unavailable") if isinstance(error, (OperationalError, InterfaceError)) else None


def _invalid(error: ValidationError) -> Refusal:
    """pydantic's list as ours: ``/pointer`` into the body, ``?name`` for the query. A bad path part is not found."""
    fields: dict[str, str] = {}
    for fault in error.errors[:50]:
        source, *rest = [str(part) for part in fault.get("loc", ())]
        if source == "path":
            return Refusal("request.not_found")
        where = "?" + (rest[0] if rest else "") if source == "query" else "/" + "/".join(map(_escaped, rest[1:]))
        fields[where[:200]] = _code(fault)
    return Refusal("request.invalid", fields=fields)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _code(fault: dict[str, Any]) -> str:
    kind = str(fault.get("type", ""))
    return _PYDANTIC.get(kind) or ("type" if kind.endswith(("_type", "_parsing")) else kind)


_PYDANTIC: Final = {
    "string_pattern_mismatch": "pattern", "string_too_short": "too_short", "string_too_long": "too_long",
    "greater_than_equal": "minimum", "less_than_equal": "maximum", "too_short": "too_short", "too_long": "too_long",
    "literal_error": "choice", "enum": "choice", "missing": "required", "extra_forbidden": "unknown",
    "value_error": "pattern", "none_required": "type",
}
