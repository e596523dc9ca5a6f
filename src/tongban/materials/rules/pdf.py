"""PDF: begins and ends as one, holds no active content, is not encrypted (ISO 32000-1 §§7.3.5, 7.5.7, 7.6, 12.6).

A scan of bytes, not a reader: names are unescaped (``/#4aavaScript``), object streams are inflated within a limit, and
a name that could start something is refused wherever it stands.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from .faults import Fault, Faulty
from .foreign import refuse_markup

_ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|SubmitForm|ImportData|GoToE|XFA|Movie|"
    rb"Sound|FileAttachment|AcroJS)(?![A-Za-z0-9])"
)
_SCRIPT: Final = re.compile(rb"/JS\s*[(<\[]|/JS\s+\d+\s+\d+\s+R")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
_FILTERS: Final = re.compile(rb"/Filter(?![A-Za-z0-9])\s*(\[[^\]]*\]|/[A-Za-z0-9]+|\S*)")
_OF_PICTURES: Final = frozenset((b"/DCTDecode", b"/JPXDecode", b"/CCITTFaxDecode", b"/JBIG2Decode"))
_ENCRYPT: Final = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_MOST_INFLATED: Final = 40_000_000
_END_WITHIN: Final = 1_024
_PIECE: Final = 4_096
_MOST_STREAMS: Final = 20_000
"""Writers put a hundred objects and more into one; no paper that anybody scans holds millions of objects."""
_MOST_ESCAPES: Final = 300_000
"""Ten megabytes of compressed data hold about forty thousand of these signs by chance."""


def check(content: bytes) -> None:
    """Raises :class:`Faulty` for a damaged, encrypted, active or double-natured document."""
    if not re.match(rb"%PDF-[12]\.\d", content) or b"%%EOF" not in content[-_END_WITHIN:]:
        raise Faulty(Fault.DAMAGED)
    if b"obj" not in content:
        raise Faulty(Fault.DAMAGED)
    if _ENCRYPT.search(content):
        raise Faulty(Fault.ENCRYPTED)
    refuse_markup(content)
    _refuse_active(content)
    _refuse_active_object_streams(content)


def _refuse_active(content: bytes) -> None:
    plain = _unescaped(content)
    if _ACTIVE.search(plain) or _SCRIPT.search(plain):
        raise Faulty(Fault.ACTIVE_CONTENT)


def _unescaped(content: bytes) -> bytes:
    """The bytes with ``#xx`` resolved. A document made of escapes is refused before it costs us seconds."""
    escapes = content.count(b"#")
    if not escapes:
        return content
    if escapes > _MOST_ESCAPES:
        raise Faulty(Fault.ACTIVE_CONTENT)
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content)


def _refuse_active_object_streams(content: bytes) -> None:
    """Look into every object stream. One that we cannot inflate, or that bursts, is refused: nobody can vouch for it.

    Readers know an object stream by ``/First`` even where ``/Type /ObjStm`` is missing; so do we. What lies between two
    streams is the dictionary of the second, and perhaps objects before it: read as a whole, nothing in it (a comment, a
    text that says ``endobj``, a thousand blanks) can hide the names that count.
    """
    left, behind, looked_into = _MOST_INFLATED, 0, 0
    for match in _STREAM.finditer(content):
        header = _unescaped(content[behind : match.start()])
        behind = match.end()
        if b"/First" not in header and b"/ObjStm" not in header:
            continue
        filters = [value.strip(b"[] \t\r\n") for value in _FILTERS.findall(header)]
        if set(filters) <= _OF_PICTURES:  # no object stream; or plain bytes, which the scan of the whole file has seen
            continue
        looked_into += 1
        if filters != [b"/FlateDecode"] or b"/Predictor" in header or looked_into > _MOST_STREAMS:
            raise Faulty(Fault.ACTIVE_CONTENT)
        inflated = _inflated(memoryview(content)[match.end() :], left)
        left -= len(inflated)
        _refuse_active(inflated)


def _inflated(packed: memoryview, most: int) -> bytes:
    """What is packed at the beginning, piece by piece: a file may hold very many streams, and each is read once."""
    inflater, found, position = zlib.decompressobj(), bytearray(), 0
    try:
        while not inflater.eof and position < len(packed):
            found += inflater.decompress(packed[position : position + _PIECE], most - len(found) + 1)
            position += _PIECE
            if len(found) > most or inflater.unconsumed_tail:
                raise Faulty(Fault.ACTIVE_CONTENT)
    except zlib.error:
        raise Faulty(Fault.DAMAGED) from None
    return bytes(found)
