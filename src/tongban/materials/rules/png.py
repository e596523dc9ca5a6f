"""PNG: signature, a right header, whole chunks to the end, nothing after it (ISO/IEC 15948)."""

from __future__ import annotations

import zlib
from typing import Final

from .dimensions import refuse_dimensions
from .faults import Fault, Faulty
from .foreign import refuse_markup

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES: Final = {0, 2, 3, 4, 6}


def check(content: bytes) -> None:
    """Raises :class:`Faulty` unless every chunk is whole, IHDR comes first, IDAT exists and IEND is last."""
    position = len(SIGNATURE)
    kinds: list[bytes] = []
    while position < len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        kind = content[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(content) or not kind.isalpha():
            raise Faulty(Fault.DAMAGED)
        data = content[position + 8 : end - 4]
        if zlib.crc32(kind + data) != int.from_bytes(content[end - 4 : end], "big"):
            raise Faulty(Fault.DAMAGED)
        if not kinds:
            _check_header(kind, data)
        if kind != b"IDAT":
            refuse_markup(data)
        kinds.append(kind)
        position = end
        if kind == b"IEND":
            break
    if not kinds or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise Faulty(Fault.DAMAGED)
    if content[position:].strip(b"\0"):
        raise Faulty(Fault.SECOND_NATURE)


def _check_header(kind: bytes, data: bytes) -> None:
    if kind != b"IHDR" or len(data) != 13 or data[9] not in _COLOR_TYPES:
        raise Faulty(Fault.DAMAGED)
    refuse_dimensions(int.from_bytes(data[0:4], "big"), int.from_bytes(data[4:8], "big"))
