"""A short way for machines: addresses under /api and /gate and the health pages skip sessions, languages and CSRF.

They carry their own authentication (bearer token, node signature) and never a cookie, so none of that applies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_resolver

from tongban.api import faults, problem_json
from tongban.config import config
from tongban.kernel.problems import Refusal

PREFIXES: Final = ("/api/", "/gate/", "/livez", "/readyz", "/metrics")
JSON_MAX_BYTES: Final = 256 * 1024
_MULTIPART_MARGIN: Final = 64 * 1024
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class ShortChainMiddleware:
    """Calls the view of a machine's address directly; everything else goes down the chain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        response = self._answer(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        api = request.path_info.startswith("/api/")
        try:
            match = get_resolver().resolve(request.path_info)
        except Resolver404:
            return problem_json.render(request, Refusal("request.not_found"))
        request.resolver_match = match
        if api and (refused := _too_large(request)):
            return problem_json.render(request, refused)
        try:
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            return faults.answer(request, error)
        if api and response.status_code == 405 and response.headers["Content-Type"] != problem_json.MEDIA_TYPE:
            return problem_json.render(request, Refusal("request.method_not_allowed"), allow=response.headers["Allow"])
        return response


def _too_large(request: HttpRequest) -> Refusal | None:
    upload = request.content_type == "multipart/form-data"
    limit = config().upload_max_bytes + _MULTIPART_MARGIN if upload else JSON_MAX_BYTES
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return Refusal("request.malformed", reason="bad_request")
    return Refusal("request.too_large", limit=limit) if length > limit else None
