"""A table that somebody uploads at the desk: there, not empty, not too large."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from tongban.kernel.problems import Refusal

MOST_BYTES: Final = 10 * 1024 * 1024


def file_sent(request: HttpRequest) -> tuple[str, bytes]:
    """Name and bytes. Refusals: request.invalid (``choose_file``, ``empty_file``), request.too_large."""
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("request.invalid", fields={"file": "choose_file"})
    if (file.size or 0) > MOST_BYTES:
        raise Refusal("request.too_large")
    if not file.size:
        raise Refusal("request.invalid", fields={"file": "empty_file"})
    return file.name or "", file.read()
