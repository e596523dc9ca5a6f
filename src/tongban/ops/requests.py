"""Every request gets an id, one log line and its place in the metrics. No names, no queries, no bodies."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse

from tongban.kernel.ids import new_id
from tongban.ops import metrics

log = structlog.get_logger("tongban.requests")

_TRACEPARENT: Final = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


class RequestMiddleware:
    """Outermost: ``request.request_id`` (UUIDv7, ours), ``request.traceparent`` (the caller's, W3C form, or None)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.request_id = new_id()  # type: ignore[attr-defined]
        trace = request.headers.get("traceparent", "")
        request.traceparent = trace if _TRACEPARENT.fullmatch(trace) else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        route = route_of(request)
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the path, and ids with it
        response.headers["X-Request-Id"] = str(request.request_id)  # type: ignore[attr-defined]
        metrics.observe_request(request.method or "", route, response.status_code, seconds)
        log.info("request", request_id=str(request.request_id), method=request.method, route=route,  # type: ignore[attr-defined]
                 status=response.status_code, ms=round(seconds * 1000, 1))
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern that matched (never the path: it may hold ids), or ``unmatched``."""
    match = getattr(request, "resolver_match", None)
    return match.route if match is not None else "unmatched"
