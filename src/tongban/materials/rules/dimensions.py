"""How large an image may be when it is opened."""

from __future__ import annotations

from typing import Final

from .faults import Fault, Faulty

LONGEST_SIDE: Final = 30_000
MOST_PIXELS: Final = 120_000_000
"""A scan of A3 at 600 dpi has 70 million; more bursts the memory of whoever opens it."""


def refuse_dimensions(width: int, height: int) -> None:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE) or width * height > MOST_PIXELS:
        raise Faulty(Fault.BAD_DIMENSIONS)
