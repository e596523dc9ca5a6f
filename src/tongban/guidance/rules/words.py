"""What is kept of a search that failed: words alone, cut short, no numbers. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST: Final = 20
_KEPT: Final = re.compile(r"[\u3400-\u9fff]+|[a-z]+")


def kept_words(query: str) -> str:
    """``"老家 养老 13812345678！"`` → ``"老家 养老"``. Digits, signs and everything past 20 characters are dropped."""
    plain = unicodedata.normalize("NFKC", query).lower()
    return " ".join(_KEPT.findall(plain))[:MOST].strip()
