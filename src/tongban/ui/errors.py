"""The pages for what goes wrong outside any view: unknown addresses, forged forms, defects of ours."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tongban.kernel.problems import Refusal

from .page import refusal_page

log = structlog.get_logger(__name__)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refusal_page(request, Refusal("request.malformed"))


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refusal_page(request, Refusal("permission.denied"))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return refusal_page(request, Refusal("request.not_found"))


def too_large(request: HttpRequest) -> HttpResponse:
    return refusal_page(request, Refusal("request.too_large"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that does not come from a page of ours, or from one opened before signing in."""
    log.info("ui.csrf_refused", reason=reason)
    return refusal_page(request, Refusal("request.form_expired"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Our own defect. Rendered without database, session or context processors: any of them may be what broke."""
    return HttpResponse(render_to_string("ui/server_error.html"), status=500)
