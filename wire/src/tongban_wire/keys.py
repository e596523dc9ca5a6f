"""Signing keys and their public halves. The algorithm travels with every key; see :mod:`suites`."""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm

from .problems import WireProblem
from .sm2 import SuiteUnavailable
from .strict import b64url, unb64url
from .suites import ED25519, SUITES, Signer, Verifier, read_pkcs8

ALGORITHMS: Final = frozenset(SUITES)
"""Header member ``alg``. ``EdDSA`` (RFC 8037) means Ed25519 here and nothing else; ``SM2-SM3`` is a name of ours."""

KID: Final = re.compile(r"([a-z0-9][a-z0-9.-]{1,31})\.([0-9a-f]{16})")
_PEM: Final = re.compile(rb"-----BEGIN PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]{1,10000}?)\s+-----END PRIVATE KEY-----")


def digest_of(raw: bytes) -> str:
    """``sha-256:<hex>``, as digests of contents are written everywhere in the protocol, whatever the suite."""
    return "sha-256:" + hashlib.sha256(raw).hexdigest()


def kid_of(node: str, public: bytes, alg: str = "EdDSA") -> str:
    """The id of a key: its node and the first 16 hexadecimal digits of the public key's hash (SHA-256; SM3 for SM2)."""
    return f"{node}.{SUITES[alg].hash(public).hex()[:16]}"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``public`` is the raw key in base64url: 32 bytes for Ed25519; 04‖X‖Y, 65 bytes, for SM2."""

    kid: str
    alg: str
    public: str

    @property
    def raw(self) -> bytes:
        return unb64url(self.public, "key.malformed")

    @property
    def fingerprint(self) -> str:
        """``sha-256:<hex>`` or ``sm3:<hex>`` of the raw key; what is pinned of a root and read aloud at enrolment."""
        suite = SUITES.get(self.alg)
        if suite is None:
            raise WireProblem("jws.algorithm_unknown", self.alg[:40])
        try:
            return f"{suite.hash_name}:{suite.hash(self.raw).hex()}"
        except SuiteUnavailable as missing:
            raise WireProblem("jws.algorithm_unavailable", str(missing)) from None

    @property
    def is_known(self) -> bool:
        """Whether this program knows the algorithm at all. A key of an unknown one harms nobody: it is not used."""
        return self.alg in ALGORITHMS

    def check(self) -> None:
        """Raises ``WireProblem`` unless the key can be used and its id is the one that follows from it."""
        _load(self.alg, self.public)
        match = KID.fullmatch(self.kid)
        if match is None or kid_of(match[1], self.raw, self.alg) != self.kid:
            raise WireProblem("key.malformed", "kid")

    def verify(self, signature: bytes, data: bytes) -> bool:
        try:
            return _load(self.alg, self.public).verify(signature, data)
        except SuiteUnavailable as missing:
            raise WireProblem("jws.algorithm_unavailable", str(missing)) from None


@lru_cache(maxsize=1024)
def _load(alg: str, public: str) -> Verifier:
    suite = SUITES.get(alg)
    if suite is None:
        raise WireProblem("jws.algorithm_unknown", alg[:40])
    try:
        return suite.read_public(unb64url(public, "key.malformed"))
    except (ValueError, UnsupportedAlgorithm):
        raise WireProblem("key.malformed", "public") from None
    except SuiteUnavailable as missing:
        raise WireProblem("jws.algorithm_unavailable", str(missing)) from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its id. Never printed, never compared by content."""

    kid: str
    alg: str
    _private: Signer = field(repr=False, compare=False)

    @classmethod
    def generate(cls, kid_prefix: str, alg: str = "EdDSA") -> SigningKey:
        """A fresh key of the node ``kid_prefix``. ``alg`` is one of :data:`ALGORITHMS`."""
        if alg not in SUITES:
            raise ValueError(f"unknown algorithm {alg!r}")
        return cls.of(SUITES[alg].generate(), kid_prefix, alg)

    @classmethod
    def from_seed(cls, seed: bytes, kid_prefix: str, alg: str = "EdDSA") -> SigningKey:
        """From 32 bytes (RFC 8032; SM2: :meth:`sm2.Private.from_seed`); for golden vectors and the demo's root."""
        return cls.of(SUITES[alg].from_seed(seed), kid_prefix, alg)

    @classmethod
    def from_pem(cls, pem: bytes, kid: str) -> SigningKey:
        """From PKCS #8. ``kid`` is the node's id, or the whole key id, which must then be the key's own."""
        found = _PEM.search(pem)
        try:
            suite, private = read_pkcs8(b64decode(found[1] if found else b""))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            raise ValueError("neither an Ed25519 nor an SM2 key in PKCS #8") from None
        match = KID.fullmatch(kid)
        key = cls.of(private, match[1] if match else kid, suite.alg)
        if match and key.kid != kid:
            raise ValueError(f"the key's id is {key.kid}, not {kid}")
        return key

    @classmethod
    def of(cls, private: Signer, node: str, alg: str = ED25519.alg) -> SigningKey:
        """A key around anything that signs, e.g. a certified device behind an interface."""
        return cls(kid_of(node, private.public_raw, alg), alg, private)

    def to_pem(self) -> bytes:
        """PKCS #8, unencrypted: keep the file readable by the node alone."""
        text = b64encode(self._private.pkcs8())
        lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
        return b"-----BEGIN PRIVATE KEY-----\n" + lines + b"\n-----END PRIVATE KEY-----\n"

    @property
    def node(self) -> str:
        return self.kid.rpartition(".")[0]

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.kid, self.alg, b64url(self._private.public_raw))

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)
