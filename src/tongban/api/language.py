"""Which language an answer speaks: ``Accept-Language`` (RFC 9110 §12.5.4), Chinese unless English is preferred."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


def of_header(header: str) -> Language:
    """The better of the two languages we speak, by quality, then by order. Chinese if neither is named.

    >>> of_header("en-GB,en;q=0.9,zh;q=0.5"), of_header("zh-CN,en;q=0.8"), of_header("fr")
    ('en', 'zh', 'zh')
    """
    best: Language = "zh"
    best_quality = 0.0
    for part in header[:200].split(","):
        tag, _, parameters = part.strip().partition(";")
        quality = _quality(parameters)
        primary = tag.strip().lower().partition("-")[0]
        if primary in ("zh", "en") and quality > best_quality:
            best, best_quality = ("zh" if primary == "zh" else "en"), quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
