"""As much DER (X.690) as keys, SM2 signatures and time-stamps need. Reading is strict: ValueError for what is odd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTETS: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31


class Element(NamedTuple):
    """``tag``, its content, and the bytes of the whole element."""

    tag: int
    content: bytes
    whole: bytes


def write(tag: int, *contents: bytes) -> bytes:
    """One element around the contents."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return write(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    found = bytearray()
    for number in (first * 40 + second, *rest):
        piece = [number & 0x7F]
        while number := number >> 7:
            piece.append(0x80 | number & 0x7F)
        found += bytes(reversed(piece))
    return write(OID, bytes(found))


def read(raw: bytes) -> Iterator[Element]:
    """The elements that stand one after another in ``raw``, all of it."""
    at = 0
    while at < len(raw):
        if at + 2 > len(raw) or raw[at] & 0x1F == 0x1F:
            raise ValueError("DER: cut off or a long tag")
        tag, size, start = raw[at], raw[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4 or start + count > len(raw):
                raise ValueError("DER: length")
            size = int.from_bytes(raw[start : start + count], "big")
            if size < 0x80 or raw[start] == 0:
                raise ValueError("DER: length not in its shortest form")
            start += count
        if start + size > len(raw):
            raise ValueError("DER: cut off")
        yield Element(tag, raw[start : start + size], raw[at : start + size])
        at = start + size


def one(raw: bytes, tag: int) -> bytes:
    """The content of the one element that ``raw`` is, which must have this tag."""
    elements = list(read(raw))
    if len(elements) != 1 or elements[0].tag != tag:
        raise ValueError("DER: another element was expected")
    return elements[0].content


def inside(raw: bytes, tag: int = SEQUENCE) -> list[Element]:
    """The elements inside the one SEQUENCE (or other tag) that ``raw`` is."""
    return list(read(one(raw, tag)))


def whole_number(element: Element) -> int:
    """A non-negative INTEGER in its shortest form."""
    content = element.content
    if (
        element.tag != INTEGER
        or not content
        or content[0] & 0x80
        or (len(content) > 1 and content[0] == 0 and not content[1] & 0x80)
    ):
        raise ValueError("DER: not a whole number")
    return int.from_bytes(content, "big")
