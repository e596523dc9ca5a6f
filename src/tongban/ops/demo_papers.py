"""A scan for the demo's people to hand in: a page of grey lines, drawn here, of nobody's document."""

from __future__ import annotations

import zlib
from functools import cache
from typing import Final

WIDTH, HEIGHT = 420, 594
_INK, _PAPER, _FRAME = 150, 255, 200
NAME: Final = "扫描件（演示）.png"


@cache
def scan(number: int = 1) -> bytes:
    """A PNG of A4's shape with lines of text-like bars; another ``number``, another page."""
    rows = b"".join(b"\0" + bytes(_pixel(x, y, number) for x in range(WIDTH)) for y in range(HEIGHT))
    header = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in chunks
    )


def _pixel(x: int, y: int, number: int) -> int:
    if x in (12, WIDTH - 13) or y in (12, HEIGHT - 13):
        return _FRAME
    line, within = divmod(y - 60, 26)
    length = 120 + (line * 71 + number * 37) % 200
    return _INK if 0 <= line < 18 and within < 8 and 50 <= x < 50 + length else _PAPER
