"""Language, size of text, contrast and the node's theme: remembered in cookies, reachable from every page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from tongban.ui.context import brand
from tongban.ui.page import PUBLIC, page
from tongban.ui.rules.accent import follows_brand

_COOKIES = {"size": ("tongban_size", ("large", "normal")), "contrast": ("tongban_contrast", ("high", "normal"))}
_ACCENT = (
    ";--blue:{color};--blue-deep:color-mix(in srgb,{color} 76%,#000)"
    ";--blue-tint:color-mix(in srgb,{color} 9%,#fff);--blue-line:color-mix(in srgb,{color} 32%,#fff)"
)


@page("preferences", audience={PUBLIC}, name="preferences", writes=True)
def preferences(request: HttpRequest) -> HttpResponse:
    """Takes one button of the header's form and returns to the page it was pressed on."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    response.status_code = 303
    for field, (cookie, values) in _COOKIES.items():
        if request.POST.get(field) in values:
            response.set_cookie(cookie, request.POST[field], samesite="Lax")
    language = request.POST.get("lang")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response


@page("theme/<slug:version>.css", audience={PUBLIC}, name="theme")
def theme(request: HttpRequest, version: str) -> HttpResponse:
    """The node's own color, apart from the shared tokens: brands are data, not code. Buttons and links take it too,
    where it can be read and means nothing else; 高对比 keeps its own colors."""
    color = brand().color
    rules = f"--brand:{color}" + (_ACCENT.format(color=color) if follows_brand(color) else "")
    response = HttpResponse(f":root:not([data-contrast=high]){{{rules}}}\n", content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
