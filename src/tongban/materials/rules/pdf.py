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
_STREAM: Final = re.compile(rb">>\s{0,8}stream\r?\n")
_ENCRYPT: Final = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_MOST_INFLATED: Final = 40_000_000
_END_WITHIN: Final = 1_024
_LONGEST_HEADER: Final = 4_000
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

    Readers know an object stream by ``/First`` even where ``/Type /ObjStm`` is missing; so do we.
    """
    left, behind = _MOST_INFLATED, 0
    for match in _STREAM.finditer(content):
        header = _unescaped(content[max(behind, match.start() - _LONGEST_HEADER) : match.start()])
        behind = match.end()
        if b"/First" not in header and b"/ObjStm" not in header:
            continue
        if b"/Filter" not in header:
            continue  # plain bytes: the scan of the whole file has seen them
        if b"/FlateDecode" not in header or b"/Predictor" in header:
            raise Faulty(Fault.ACTIVE_CONTENT)
        inflater = zlib.decompressobj()
        try:
            inflated = inflater.decompress(content[match.end() : match.end() + _MOST_INFLATED], left)
        except zlib.error:
            raise Faulty(Fault.DAMAGED) from None
        left -= len(inflated)
        if left <= 0 or inflater.unconsumed_tail:
            raise Faulty(Fault.ACTIVE_CONTENT)
        _refuse_active(inflated)
