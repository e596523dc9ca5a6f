"""A table that somebody uploads at the desk: there, not empty, not too large; or kept by the page from its dry run."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from django.http import HttpRequest

from tongban.kernel.problems import Refusal

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_HELD: Final = 1024 * 1024
"""Largest file that the page itself carries from the dry run to the import; a larger one is chosen again."""


def file_sent(request: HttpRequest) -> tuple[str, bytes]:
    """Name and bytes of the file chosen, or of the one the page kept. Refusals: request.invalid (``choose_file``,
    ``empty_file``), request.too_large, request.malformed."""
    file = request.FILES.get("file")
    if file is None and request.POST.get("held"):
        try:
            return request.POST.get("held_name", ""), base64.b64decode(request.POST["held"], validate=True)
        except (binascii.Error, ValueError):
            raise Refusal("request.malformed") from None
    if file is None:
        raise Refusal("request.invalid", fields={"file": "choose_file"})
    if (file.size or 0) > MOST_BYTES:
        raise Refusal("request.too_large")
    if not file.size:
        raise Refusal("request.invalid", fields={"file": "empty_file"})
    return file.name or "", file.read()


def held(raw: bytes) -> str:
    """What the page carries of a faultless file; empty if it is too large for that."""
    return base64.b64encode(raw).decode() if len(raw) <= MOST_HELD else ""
