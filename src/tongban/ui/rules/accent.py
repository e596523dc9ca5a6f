"""Whether a node's own color can also be the color of its buttons and links."""

from __future__ import annotations

from typing import Final

LEAST_CONTRAST: Final = 4.5
"""WCAG 2.2, 1.4.3: white words on the button, and the color as words on white."""


def contrast_with_white(color: str) -> float:
    """Contrast of ``#rrggbb`` with white, 1–21 (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def follows_brand(color: str) -> bool:
    """Dark enough to be read, and not a red or brown, which here mean danger and warning."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return contrast_with_white(color) >= LEAST_CONTRAST and red < max(green, blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
