"""Security headers on every answer of the site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from . import errors

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # data: for the small drawings inside the CSS base
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeadersMiddleware:
    """Adds :data:`HEADERS` where the view has not set its own. No inline script, style or foreign source anywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        framed = getattr(response, "may_be_framed", False)  # the embeddable search box, with a policy of its own
        for name, value in HEADERS.items():
            if framed and name in ("X-Frame-Options", "Cross-Origin-Resource-Policy"):
                continue
            response.headers.setdefault(name, value)
        return response


class UploadLimitMiddleware:
    """Refuses a request body larger than a page of files may be before reading any of it.

    Each single file is held to ``upload_max_bytes`` where it is taken in (``materials.actions.add_upload``).
    """

    FILES: Final = 4

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from tongban.config import config

        try:
            length = int(request.headers.get("Content-Length") or 0)
        except ValueError:
            length = 0
        if length > self.FILES * config().upload_max_bytes:
            return errors.too_large(request)
        return self.get_response(request)
