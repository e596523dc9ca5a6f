"""RFC 3161 time-stamps over day books: asking for one, and checking one offline."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from . import der
from .problems import WireProblem

MAX_TOKEN: Final = 20_000
SHA256: Final = der.oid("2.16.840.1.101.3.4.2.1")
SIGNED_DATA: Final = der.oid("1.2.840.113549.1.7.2")
TST_INFO: Final = der.oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE: Final = der.oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = der.oid("1.2.840.113549.1.9.4")
_HASHES: Final = {
    SHA256: hashes.SHA256(),
    der.oid("2.16.840.1.101.3.4.2.2"): hashes.SHA384(),
    der.oid("2.16.840.1.101.3.4.2.3"): hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """``at`` is what the stamper says; ``verified``: its certificate was given and its signature holds; ``nonce``: the
    number of the request that it answers, if it says one.
    """

    at: datetime
    policy: str
    serial: int
    verified: bool
    nonce: int | None = None


def ask(data: bytes, nonce: int) -> bytes:
    """A TimeStampReq (DER) over the SHA-256 of ``data``, asking for the stamper's certificate."""
    return der.write(der.SEQUENCE, der.integer(1), imprint_of(data), der.integer(nonce), der.write(0x01, b"\xff"))


def token_of(answer: bytes) -> bytes:
    """The token inside a TimeStampResp, if it was granted. Raises ``WireProblem``."""
    try:
        status, *token = der.inside(answer)
        granted = der.whole_number(der.inside(status.whole)[0]) in (0, 1)
    except (ValueError, IndexError):
        raise WireProblem("time_stamp.malformed", "response") from None
    if not granted or not token:
        raise WireProblem("time_stamp.wrong", "not granted")
    return token[0].whole


def imprint_of(data: bytes) -> bytes:
    algorithm = der.write(der.SEQUENCE, SHA256, der.write(der.NULL))
    return der.write(der.SEQUENCE, algorithm, der.write(der.OCTETS, hashlib.sha256(data).digest()))


def read_time_stamp(token: bytes, data: bytes, certificate: bytes | None = None) -> TimeStamp:
    """The stamp, if it is over ``data`` and (with ``certificate``) signed by its key. Raises ``WireProblem``."""
    if len(token) > MAX_TOKEN:
        raise WireProblem("time_stamp.malformed", "too large")
    try:
        return _read(token, data, certificate)
    except (ValueError, IndexError, TypeError, UnsupportedAlgorithm):
        raise WireProblem("time_stamp.malformed") from None


def _read(token: bytes, data: bytes, certificate: bytes | None) -> TimeStamp:
    kind, wrapped = der.inside(token)
    if kind.whole != SIGNED_DATA:
        raise ValueError("not signed data")
    _, _, content, *rest = der.inside(wrapped.content)
    content_kind, inner = der.inside(content.whole)
    if content_kind.whole != TST_INFO:
        raise ValueError("not a time-stamp")
    info = der.one(inner.content, der.OCTETS)
    fields = der.inside(info)
    policy, imprint, serial, at = fields[1], fields[2], fields[3], fields[4]
    _, hashed = der.inside(imprint.whole)
    if der.inside(imprint.whole)[0].content[: len(SHA256)] != SHA256 or hashed.content != hashlib.sha256(data).digest():
        raise WireProblem("time_stamp.wrong", "over something else")
    if at.tag != der.GENERALIZED_TIME:
        raise ValueError("time")
    if certificate is not None and not _signed(rest[-1], info, _certificate(certificate)):
        raise WireProblem("time_stamp.wrong", "signature")
    return TimeStamp(
        _instant(at.content), _dotted(policy.content), der.whole_number(serial), certificate is not None,
        nonce=next((int.from_bytes(f.content, "big", signed=True) for f in fields[5:] if f.tag == der.INTEGER), None),
    )  # fmt: skip


def _signed(signers: der.Element, info: bytes, certificate: x509.Certificate) -> bool:
    """Whether one of the SignerInfos was made by the certificate's key over the info."""
    if signers.tag != der.SET:
        raise ValueError("signers")
    for signer in der.read(signers.content):
        parts = list(der.read(signer.content))
        digest_kind, attributes, signature = der.inside(parts[2].whole)[0].whole, parts[3], parts[5].content
        if attributes.tag != 0xA0 or digest_kind not in _HASHES:
            continue
        hasher = hashes.Hash(_HASHES[digest_kind])
        hasher.update(info)
        found = {a[0].whole: der.inside(a[1].whole, der.SET)[0] for a in map(_pair, der.read(attributes.content))}
        if found[MESSAGE_DIGEST].content != hasher.finalize() or found[CONTENT_TYPE].whole != TST_INFO:
            continue
        signed = der.write(der.SET, attributes.content)
        if _verifies(certificate.public_key(), signature, signed, _HASHES[digest_kind]):
            return True
    return False


def _pair(attribute: der.Element) -> list[der.Element]:
    return list(der.read(attribute.content))


def _verifies(key: Any, signature: bytes, signed: bytes, kind: hashes.HashAlgorithm) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), kind)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(kind))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _certificate(raw: bytes) -> x509.Certificate:
    if raw.lstrip().startswith(b"-----"):
        return x509.load_pem_x509_certificate(raw)
    return x509.load_der_x509_certificate(raw)


def _instant(content: bytes) -> datetime:
    text = content.decode("ascii")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    if not text.endswith("Z") or len(whole) != 14:
        raise ValueError("time")
    found = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return found.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else found


def _dotted(content: bytes) -> str:
    numbers, current = [], 0
    for byte in content:
        current = current << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(current)
            current = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(n) for n in (first, numbers[0] - first * 40, *numbers[1:]))
