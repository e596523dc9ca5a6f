"""Signs that a file is also something else: polyglots and smuggled trailers."""

from __future__ import annotations

import re
from typing import Final

from .faults import Fault, Faulty

_ARCHIVE_END: Final = b"PK\x05\x06"
_LONGEST_COMMENT: Final = 65_535 + 22
_MARKUP: Final = re.compile(
    rb"<script|<html|<!doctype\s+html|<\?php|<iframe|<object[\s>]|<embed[\s>]|javascript:|<body[\s>]", re.IGNORECASE
)
_PROGRAMS: Final = (
    b"PK\x03\x04", b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x7fELF", b"MZ", b"\x1f\x8b\x08", b"#!/",
    b"<?xml", b"<svg", b"\xd0\xcf\x11\xe0", b"GIF8",
)  # fmt: skip


def refuse_appended_archive(content: bytes) -> None:
    """A ZIP is read from its end: refuse any file that ends like one, wherever it begins (GIFAR, PDF+JAR)."""
    tail = content[-_LONGEST_COMMENT:]
    position = tail.rfind(_ARCHIVE_END)
    while position >= 0:
        comment = int.from_bytes(tail[position + 20 : position + 22], "little")
        if position + 22 + comment <= len(tail):
            raise Faulty(Fault.SECOND_NATURE)
        position = tail.rfind(_ARCHIVE_END, 0, position)


def refuse_markup(content: bytes) -> None:
    """Markup or script that a careless reader would run if it took the file for a page."""
    if _MARKUP.search(content):
        raise Faulty(Fault.SECOND_NATURE)


def refuse_foreign_start(trailer: bytes) -> None:
    """Bytes after an image's end may not begin like another file; a camera's own trailer may stay."""
    start = trailer.lstrip(b"\0\t\n\r ")
    if start.startswith(_PROGRAMS):
        raise Faulty(Fault.SECOND_NATURE)
