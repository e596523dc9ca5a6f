"""A time-stamper of one's own, for tests and demos: real RFC 3161 tokens, worth nothing to anybody else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tongban_wire import der
from tongban_wire.stamps import CONTENT_TYPE, MESSAGE_DIGEST, SHA256, SIGNED_DATA, TST_INFO, imprint_of

POLICY = "1.2.3.4.1"
_ECDSA_SHA256 = der.oid("1.2.840.10045.4.3.2")


class LocalStamper:
    """Stamps with a fresh P-256 key and a certificate of its own. ``broken`` makes it answer nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._serial, self.broken = now, 0, False
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tongban local time-stamper (not for use)")])
        at = datetime.now(UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(days=3650))
            .not_valid_after(at + timedelta(days=3650))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def certificate(self) -> bytes:
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def stamp(self, data: bytes) -> bytes:
        from tongban.exchange.timestamping import StamperUnavailable

        if self.broken:
            raise StamperUnavailable("stamper.unreachable")
        return self.stamp_imprint(imprint_of(data))

    def answer(self, query: bytes) -> bytes:
        """TimeStampReq → TimeStampResp (RFC 3161 §2.4), as an authority behind HTTP gives it."""
        _, imprint, *more = der.inside(query)
        nonce = next((field.whole for field in more if field.tag == der.INTEGER), b"")
        granted = der.write(der.SEQUENCE, der.integer(0))
        return der.write(der.SEQUENCE, granted, self.stamp_imprint(imprint.whole, nonce))

    def stamp_imprint(self, imprint: bytes, nonce: bytes = b"") -> bytes:
        """A token over a MessageImprint (DER); ``nonce`` is repeated in it."""
        self._serial += 1
        at = self._now().astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()
        info = der.write(
            der.SEQUENCE,
            der.integer(1),
            der.oid(POLICY),
            imprint,
            der.integer(self._serial),
            der.write(der.GENERALIZED_TIME, at),
            nonce,
        )
        return self._signed(info)

    def _signed(self, info: bytes) -> bytes:
        """CMS SignedData (RFC 5652) around the TSTInfo."""
        sha256 = der.write(der.SEQUENCE, SHA256)
        certificate = self._certificate.public_bytes(serialization.Encoding.DER)
        ess = der.write(  # SigningCertificateV2 (RFC 5035): which certificate the signature is by
            der.SEQUENCE,
            der.oid("1.2.840.113549.1.9.16.2.47"),
            der.write(der.SET, _sequence(_sequence(_sequence(_octets(hashlib.sha256(certificate).digest()))))),
        )
        digest = hashlib.sha256(info).digest()
        attributes = sorted(
            (
                _sequence(CONTENT_TYPE, der.write(der.SET, TST_INFO)),
                _sequence(MESSAGE_DIGEST, der.write(der.SET, _octets(digest))),
                ess,
            )
        )
        signature = self._key.sign(der.write(der.SET, *attributes), ec.ECDSA(hashes.SHA256()))
        issuer = _sequence(self._certificate.issuer.public_bytes(), der.integer(self._certificate.serial_number))
        signer = _sequence(
            der.integer(1), issuer, sha256, der.write(0xA0, *attributes), _sequence(_ECDSA_SHA256), _octets(signature)
        )
        content = _sequence(TST_INFO, der.write(0xA0, _octets(info)))
        signed = _sequence(
            der.integer(3),
            der.write(der.SET, sha256),
            content,
            der.write(0xA0, certificate),
            der.write(der.SET, signer),
        )
        return _sequence(SIGNED_DATA, der.write(0xA0, signed))


def _sequence(*parts: bytes) -> bytes:
    return der.write(der.SEQUENCE, *parts)


def _octets(content: bytes) -> bytes:
    return der.write(der.OCTETS, content)
