"""The algorithm suites: how keys are made and read, how signatures are made and checked, which hash names a key.

A suite decides about signatures, key ids and fingerprints. The digests of contents (messages, facts, attachments,
personal parts, day books) are SHA-256 under every suite, so that one thing has one name everywhere (ADR 11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from . import sm2


class Verifier(Protocol):
    """A public key that has been read."""

    def verify(self, signature: bytes, data: bytes) -> bool: ...


class Signer(Protocol):
    """A private key that has been read."""

    @property
    def public_raw(self) -> bytes: ...

    def sign(self, data: bytes) -> bytes: ...

    def pkcs8(self) -> bytes: ...


class Ed25519Public:
    """32 bytes (RFC 8032). ValueError if they are not a key."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(raw)

    def verify(self, signature: bytes, data: bytes) -> bool:
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class Ed25519Private:
    """An Ed25519 key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def from_seed(cls, seed: bytes) -> Ed25519Private:
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_raw(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)

    def pkcs8(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass(frozen=True, slots=True)
class Suite:
    """``alg`` stands in JWS headers and in the trust list; ``hash_name`` before a fingerprint."""

    alg: str
    hash_name: str
    hash: Callable[[bytes], bytes]
    read_public: Callable[[bytes], Verifier]
    generate: Callable[[], Signer]
    from_seed: Callable[[bytes], Signer]


def _sha256(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


ED25519: Final = Suite(
    "EdDSA",
    "sha-256",
    _sha256,
    Ed25519Public,
    lambda: Ed25519Private(Ed25519PrivateKey.generate()),
    Ed25519Private.from_seed,
)
SM2: Final = Suite(sm2.ALG, "sm3", sm2.sm3, sm2.Public, sm2.Private.generate, sm2.Private.from_seed)

SUITES: Final[Mapping[str, Suite]] = {suite.alg: suite for suite in (ED25519, SM2)}


def read_pkcs8(raw: bytes) -> tuple[Suite, Signer]:
    """From DER of PKCS #8. ValueError if it is a key of no known suite."""
    try:
        return SM2, sm2.Private.from_pkcs8(raw)
    except ValueError:
        private = serialization.load_der_private_key(raw, password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("neither an Ed25519 nor an SM2 key")
    return ED25519, Ed25519Private(private)
