"""The name under which a file is shown: nobody's path, nothing that deceives the eye."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 100
_FORBIDDEN: Final = frozenset('/\\:*?"<>|')


def sanitized(filename: str, extension: str) -> str:
    """The last part of the path in Unicode NFC, without control, format (bidi) and reserved signs, at most
    :data:`LONGEST` signs, ending in ``extension`` (``".pdf"``); ``"材料.pdf"`` when nothing is left."""
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in _FORBIDDEN)
    kept = " ".join(kept.split()).strip(". ")
    stem = kept
    for known in (".pdf", ".jpg", ".jpeg", ".png"):
        if kept.lower().endswith(known):
            stem = kept[: -len(known)]
            extension = known if known == extension or {known, extension} <= {".jpg", ".jpeg"} else extension
            break
    stem = stem.strip(". ")[: LONGEST - len(extension)].rstrip(". ")
    return (stem or "材料") + extension
