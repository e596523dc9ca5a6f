"""Identifiers: who mints them, what they look like, how a person can read them aloud."""

from __future__ import annotations

import os
import re
import secrets
import time
from typing import Final, NewType
from uuid import UUID

NodeId = NewType("NodeId", str)
"""The short name of a node in the trust list, e.g. ``"63"`` for Qinghai; ``"00"`` is the directory."""

DIRECTORY: Final = NodeId("00")

RegionCode = NewType("RegionCode", str)
"""Six digits of GB/T 2260, e.g. ``"630100"``."""

NODE_ID: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,31}")
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_CHECK: Final = _ALPHABET + "*~$=U"  # 37 signs, as in Crockford's base 32


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ordered by time, minted by the owner of the thing (decision 7)."""
    ms = time.time_ns() // 1_000_000
    value = (ms & ((1 << 48) - 1)) << 80
    value |= int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def new_filing_number(node: NodeId) -> str:
    """The number a person keeps for life, e.g. ``"44-7K3F-9Q2M-X"``: node, eight random signs, one check sign.

    Only numbers whose check sign is a digit or a letter are given out: the others cannot be said on the telephone, and
    a star looks like something hidden. Those given out before stay good.
    """
    while True:
        body = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        sign = _check_sign(node.upper() + body)
        if sign.isalnum():
            return f"{node.upper()}-{body[:4]}-{body[4:]}-{sign}"


def _check_sign(text: str) -> str:
    value = 0
    for char in text:
        value = (value * 31 + ord(char)) % 37
    return _CHECK[value]
