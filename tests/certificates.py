"""Certification authorities made for a test and thrown away with it."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """A certification authority of one test. ``file`` is its root as PEM."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(self.key, name, None)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(
        self, key: ec.EllipticCurvePrivateKey, name: str, address: str | None, expired: bool = False
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuer = self.name
        builder = (
            x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=9))
            .not_valid_after(now + dt.timedelta(days=-1 if expired else 1))
            .add_extension(x509.BasicConstraints(ca=address is None, path_length=None), critical=True)
        )  # fmt: skip
        if address is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name: str, address: str = "127.0.0.1", *, expired: bool = False) -> str:
        """Certificate and key in one PEM file; its path."""
        certificate, key = self._pair(name, address, expired)
        place = self.folder / f"{name}.pem"
        place.write_bytes(certificate + key)
        return str(place)

    def issue_apart(self, name: str, address: str = "127.0.0.1") -> tuple[str, str]:
        """Certificate and key in files of their own; their paths."""
        certificate, key = self._pair(name, address, False)
        places = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        for place, content in zip(places, (certificate, key), strict=True):
            place.write_bytes(content)
        return str(places[0]), str(places[1])

    def _pair(self, name: str, address: str, expired: bool) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return self._sign(key, name, address, expired).public_bytes(serialization.Encoding.PEM), private
