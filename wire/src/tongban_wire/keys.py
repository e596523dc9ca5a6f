"""Signing keys and their public halves. Ed25519 today; the algorithm travels with every key (SM2 will join it)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .problems import WireProblem
from .strict import b64url, unb64url

ALGORITHMS: Final = frozenset({"EdDSA"})
"""Names of RFC 7518/8037 (header member ``alg``). ``EdDSA`` means Ed25519 here and nothing else."""

KID: Final = re.compile(r"([a-z0-9][a-z0-9.-]{1,31})\.([0-9a-f]{16})")


def digest_of(raw: bytes) -> str:
    """``sha-256:<hex>``, as digests are written everywhere in the protocol."""
    return "sha-256:" + hashlib.sha256(raw).hexdigest()


def kid_of(node: str, public: bytes) -> str:
    """The id of a key: its node and the first 16 hexadecimal digits of the public key's SHA-256."""
    return f"{node}.{hashlib.sha256(public).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``public`` is the raw key in base64url (32 bytes for Ed25519)."""

    kid: str
    alg: str
    public: str

    @property
    def raw(self) -> bytes:
        return unb64url(self.public, "key.malformed")

    @property
    def fingerprint(self) -> str:
        """``sha-256:<hex>`` of the raw key; what is pinned of a root and read aloud at enrolment."""
        return digest_of(self.raw)

    def check(self) -> None:
        """Raises ``WireProblem`` unless the key can be used and its id is the one that follows from it."""
        loaded = _load(self.alg, self.public)
        match = KID.fullmatch(self.kid)
        if match is None or kid_of(match[1], loaded.public_bytes_raw()) != self.kid:
            raise WireProblem("key.malformed", "kid")

    def verify(self, signature: bytes, data: bytes) -> bool:
        try:
            _load(self.alg, self.public).verify(signature, data)
        except InvalidSignature:
            return False
        return True


@lru_cache(maxsize=1024)
def _load(alg: str, public: str) -> Ed25519PublicKey:
    if alg not in ALGORITHMS:
        raise WireProblem("jws.algorithm_unknown", alg[:40])
    try:
        return Ed25519PublicKey.from_public_bytes(unb64url(public, "key.malformed"))
    except (ValueError, UnsupportedAlgorithm):
        raise WireProblem("key.malformed", "public") from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its id. Never printed, never compared by content."""

    kid: str
    alg: str
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def generate(cls, kid_prefix: str, alg: str = "EdDSA") -> SigningKey:
        """A fresh key of the node ``kid_prefix``."""
        if alg not in ALGORITHMS:
            raise ValueError(f"unknown algorithm {alg!r}")
        return cls._of(Ed25519PrivateKey.generate(), kid_prefix)

    @classmethod
    def from_seed(cls, seed: bytes, kid_prefix: str) -> SigningKey:
        """From the 32 bytes of RFC 8032; for golden vectors and the demo's root."""
        return cls._of(Ed25519PrivateKey.from_private_bytes(seed), kid_prefix)

    @classmethod
    def from_pem(cls, pem: bytes, kid: str) -> SigningKey:
        """From PKCS #8. ``kid`` is the node's id, or the whole key id, which must then be the key's own."""
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        match = KID.fullmatch(kid)
        found = cls._of(private, match[1] if match else kid)
        if match and found.kid != kid:
            raise ValueError(f"the key's id is {found.kid}, not {kid}")
        return found

    @classmethod
    def _of(cls, private: Ed25519PrivateKey, node: str) -> SigningKey:
        return cls(kid_of(node, private.public_key().public_bytes_raw()), "EdDSA", private)

    def to_pem(self) -> bytes:
        """PKCS #8, unencrypted: keep the file readable by the node alone."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def node(self) -> str:
        return self.kid.rpartition(".")[0]

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.kid, self.alg, b64url(self._private.public_key().public_bytes_raw()))

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)
