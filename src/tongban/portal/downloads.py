"""A file that anybody may take, with an ETag: made only if the reader does not hold it yet."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control


def download(
    request: HttpRequest, made: Callable[[], bytes | str], *, tag: str, media_type: str, name: str
) -> HttpResponse:
    """``tag`` names the content, without quotes; 304 and nothing made while it is the reader's."""
    etag = f'"{tag}"'
    if request.headers.get("if-none-match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    response = HttpResponse(made(), content_type=media_type)
    response["ETag"] = etag
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, public=True, max_age=300)
    return response
