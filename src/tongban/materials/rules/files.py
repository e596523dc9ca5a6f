"""Is this file what it says it is, and is it harmless to keep and to show?

Only PDF, JPEG and PNG are taken in. The type is found from the bytes; name and declared type must agree with it. Empty,
oversized, disguised, damaged and double-natured files are refused, and PDFs with active content. The scan is
conservative: in doubt it says no, and the person scans the paper again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from tongban.kernel.problems import Refusal

from . import jpeg, pdf, png
from .faults import Fault, Faulty
from .foreign import refuse_appended_archive

__all__ = ["ACCEPTED", "EXTENSIONS", "Fault", "MediaType", "inspect", "sniff"]


class MediaType(StrEnum):
    """The types of file that are taken in."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


ACCEPTED: Final = tuple(str(t) for t in MediaType)
EXTENSIONS: Final = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
}
_DECLARED: Final = {
    MediaType.PDF: {"application/pdf", "application/x-pdf"},
    MediaType.JPEG: {"image/jpeg", "image/jpg", "image/pjpeg"},
    MediaType.PNG: {"image/png", "image/x-png"},
}
_SOMETHING: Final = re.compile(rb"[^\0\t\n\r ]")
_SAYS_NOTHING: Final = {"", "application/octet-stream", "binary/octet-stream"}


def sniff(content: bytes) -> MediaType | None:
    """The type that the first bytes show, at offset 0 and nowhere else; None for everything we do not take in."""
    if content.startswith(b"%PDF-"):
        return MediaType.PDF
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(png.SIGNATURE):
        return MediaType.PNG
    return None


def inspect(
    content: bytes,
    *,
    filename: str,
    declared: str = "",
    max_bytes: int,
    accepted: Collection[str] = ACCEPTED,
) -> MediaType:
    """The proven type of a file, or a refusal.

    ``declared`` is the media type the browser or client named; ``accepted`` what this requirement takes. Refuses with
    ``request.too_large`` (``limit`` in bytes) or ``request.file_type``, whose ``fields["file"]`` is a :class:`Fault`.
    """
    if len(content) > max_bytes:
        raise Refusal("request.too_large", fields={"file": "too_large"}, limit=max_bytes)
    try:
        return _inspect(content, filename, declared, accepted)
    except Faulty as faulty:
        raise Refusal("request.file_type", fields={"file": str(faulty.fault)}, fault=str(faulty.fault)) from None


def _inspect(content: bytes, filename: str, declared: str, accepted: Collection[str]) -> MediaType:
    if _SOMETHING.search(content) is None:
        raise Faulty(Fault.EMPTY)
    found = sniff(content)
    if found is None or found not in accepted:
        raise Faulty(Fault.UNKNOWN_TYPE)
    if not filename.lower().rstrip(". ").endswith(EXTENSIONS[found]):
        raise Faulty(Fault.NAME_MISMATCH)
    named = declared.partition(";")[0].strip().lower()
    if named not in _SAYS_NOTHING and named not in _DECLARED[found]:
        raise Faulty(Fault.TYPE_MISMATCH)
    refuse_appended_archive(content)
    {MediaType.PDF: pdf.check, MediaType.JPEG: jpeg.check, MediaType.PNG: png.check}[found](content)
    return found
