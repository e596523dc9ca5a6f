"""Encryption of personal values at rest, and blind indexes to find them again (decision 14)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Unsealable(ValueError):
    """The bytes were sealed under another key or have been altered."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals personal values with AES-256-GCM. ``key`` is 32 bytes from the node's key file, never in the database."""

    key: bytes

    def seal(self, value: Any, *, bound_to: str) -> bytes:
        """JSON value → bytes. ``bound_to`` (e.g. the row's id) must be given again to open it."""
        nonce = os.urandom(12)
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return nonce + AESGCM(self._derive(b"seal")).encrypt(nonce, plain, bound_to.encode())

    def open(self, sealed: bytes, *, bound_to: str) -> Any:
        try:
            plain = AESGCM(self._derive(b"seal")).decrypt(sealed[:12], sealed[12:], bound_to.encode())
        except InvalidTag as error:
            raise Unsealable(bound_to) from error
        return json.loads(plain)

    def blind_index(self, value: str) -> str:
        """A keyed digest by which equal values can be found without being readable."""
        return hmac.new(self._derive(b"blind"), value.strip().upper().encode(), hashlib.sha256).hexdigest()

    def _derive(self, purpose: bytes) -> bytes:
        return hmac.new(self.key, b"tongban/" + purpose, hashlib.sha256).digest()
