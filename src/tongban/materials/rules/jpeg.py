"""JPEG: whole segments, a frame with a size, a scan, an end (ITU-T T.81 annex B)."""

from __future__ import annotations

from typing import Final

from .dimensions import refuse_dimensions
from .faults import Fault, Faulty
from .foreign import refuse_foreign_start, refuse_markup

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES: Final = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ALONE: Final = {0x01, *range(0xD0, 0xD8)}


def check(content: bytes) -> None:
    """Raises :class:`Faulty` unless the picture reads from its start to its end marker and hides no other file."""
    position, framed, scanned = 2, False, False
    while True:
        marker, position = _marker(content, position)
        if marker == _END:
            break
        if marker in _ALONE:
            continue
        length = int.from_bytes(content[position : position + 2], "big")
        segment = content[position + 2 : position + length]
        if marker == _START or length < 2 or position + length > len(content):
            raise Faulty(Fault.DAMAGED)
        if marker in _FRAMES:
            _check_frame(segment)
            framed = True
        else:
            refuse_markup(segment)
        position += length
        if marker == _SCAN:
            position, scanned = _after_scan(content, position), True
    if not (framed and scanned):
        raise Faulty(Fault.DAMAGED)
    refuse_foreign_start(content[position:])
    refuse_markup(content[position:])


def _marker(content: bytes, position: int) -> tuple[int, int]:
    """The marker at ``position`` (fill bytes allowed) and the position behind it."""
    start = position
    while position < len(content) and content[position] == 0xFF:
        position += 1
    if position == start or position >= len(content) or content[position] == 0:
        raise Faulty(Fault.DAMAGED)
    return content[position], position + 1


def _after_scan(content: bytes, position: int) -> int:
    """The position of the first marker behind entropy-coded data (stuffed zeros and restart markers belong to it)."""
    while True:
        position = content.find(b"\xff", position)
        if position < 0 or position + 1 >= len(content):
            raise Faulty(Fault.DAMAGED)
        following = content[position + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return position
        position += 1 if following == 0xFF else 2


def _check_frame(segment: bytes) -> None:
    if len(segment) < 6:
        raise Faulty(Fault.DAMAGED)
    refuse_dimensions(int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[1:3], "big"))
