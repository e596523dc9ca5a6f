"""What a reader may say about a guide, and what may come of it. Pure."""

from __future__ import annotations

import re
from typing import Final

PARTS: Final = ("materials", "steps", "limit", "fee", "place", "contact", "words", "other")
OUTCOMES: Final = ("fixed", "no_error", "passed_on")
MOST_NOTE: Final = 300
MOST_A_DAY: Final = 500
"""Reports a node takes in a day: a flood says nothing more."""

_NUMBER: Final = re.compile(r"[0-9０-９][0-9０-９Xx\s-]{5,}[0-9０-９Xx]")
_MAIL: Final = re.compile(r"\S+@\S+")


def cleaned(note: str) -> str:
    """Without identity, telephone and card numbers and addresses of mail, cut to :data:`MOST_NOTE` characters."""
    note = " ".join(note.split())
    return _MAIL.sub("□", _NUMBER.sub("□", note))[:MOST_NOTE]
