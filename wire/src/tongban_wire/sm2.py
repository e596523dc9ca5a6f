"""SM2 signatures with SM3 (GB/T 32918.2-2016, GB/T 32905-2016, GB/T 35276-2017), the second suite.

The arithmetic of signing and verifying is GmSSL's, through ``gmssl-pyx`` (extra ``sm``). Keys are written, read and
checked here, so that a list naming SM2 keys can be read without that library. A signature is r‖s, 64 bytes, over
e = SM3(Z ‖ message) with the usual signer id. A public key is 04‖X‖Y, 65 bytes.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from . import der

ALG: Final = "SM2-SM3"
SIGNER_ID: Final = b"1234567812345678"
"""The default of GB/T 35276 (GM/T 0009); part of Z."""

_P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A: Final = _P - 3
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_GX: Final = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
_GY: Final = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
_EC_KEY: Final = der.oid("1.2.840.10045.2.1")
_SM2_CURVE: Final = der.oid("1.2.156.10197.1.301")


class SuiteUnavailable(RuntimeError):
    """The library for SM2 or SM3 is not installed here."""


def sm3(raw: bytes) -> bytes:
    """The 32 bytes of GB/T 32905."""
    try:
        hasher = hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        raise SuiteUnavailable("this build of OpenSSL has no SM3: install the wheel of `cryptography`") from None
    hasher.update(raw)
    return hasher.finalize()


@cache
def _library() -> Any:
    try:
        import gmssl_pyx
    except ImportError:
        raise SuiteUnavailable("SM2 needs the library gmssl-pyx: pip install 'tongban-wire[sm]'") from None
    return gmssl_pyx


def is_available() -> bool:
    """Whether SM2 signatures can be made and checked here."""
    try:
        _library()
    except SuiteUnavailable:
        return False
    return True


class Public:
    """A public key that is a point of the curve. ValueError otherwise."""

    def __init__(self, raw: bytes) -> None:
        x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
        if len(raw) != 65 or raw[0] != 4 or max(x, y) >= _P or (y * y - (x * x + _A) * x - _B) % _P:
            raise ValueError("not a point of the SM2 curve")
        self.raw = raw
        curve = b"".join(number.to_bytes(32, "big") for number in (_A, _B, _GX, _GY))
        self._z = sm3((len(SIGNER_ID) * 8).to_bytes(2, "big") + SIGNER_ID + curve + raw[1:])

    def hash(self, data: bytes) -> bytes:
        """e: what is signed for ``data`` under this key."""
        return sm3(self._z + data)

    def verify(self, signature: bytes, data: bytes) -> bool:
        """``signature`` is r‖s. Raises :class:`SuiteUnavailable`."""
        library = _library()
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if len(signature) != 64 or not (0 < r < _N and 0 < s < _N) or (r + s) % _N == 0:
            return False
        encoded = der.write(der.SEQUENCE, der.integer(r), der.integer(s))
        e = self.hash(data)
        with _without_chatter():
            return bool(library.sm2_verify_sm3_digest(self.raw[1:], e, encoded))


class Private:
    """A private key: a number from 1 to n-2."""

    def __init__(self, number: int) -> None:
        if not 1 <= number <= _N - 2:
            raise ValueError("not a private key of SM2")
        x, y = _times_base(number)
        self._number = number.to_bytes(32, "big")
        self.public = Public(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))

    @classmethod
    def generate(cls) -> Private:
        return cls(1 + secrets.randbelow(_N - 2))

    @classmethod
    def from_seed(cls, seed: bytes) -> Private:
        """From 32 bytes: 1 + seed mod (n-2). For vectors and tests; production keys come from :meth:`generate`."""
        if len(seed) != 32:
            raise ValueError("a seed has 32 bytes")
        return cls(1 + int.from_bytes(seed, "big") % (_N - 2))

    @classmethod
    def from_pkcs8(cls, raw: bytes) -> Private:
        """From PKCS #8 as OpenSSL 3 and GmSSL write it (RFC 5915 inside). ValueError if it is something else."""
        version, algorithm, key = der.inside(raw)[:3]
        if der.whole_number(version) != 0 or not is_sm2(algorithm.whole):
            raise ValueError("not an SM2 key")
        one, number, *_ = der.inside(der.one(key.whole, der.OCTETS))
        if der.whole_number(one) != 1 or number.tag != der.OCTETS or len(number.content) != 32:
            raise ValueError("not an SM2 key")
        return cls(int.from_bytes(number.content, "big"))

    @property
    def public_raw(self) -> bytes:
        return self.public.raw

    def pkcs8(self) -> bytes:
        """DER of PKCS #8, unencrypted, with the public key inside."""
        public = der.write(0xA1, der.write(der.BIT_STRING, b"\0", self.public.raw))
        key = der.write(der.SEQUENCE, der.integer(1), der.write(der.OCTETS, self._number), public)
        algorithm = der.write(der.SEQUENCE, _EC_KEY, _SM2_CURVE)
        return der.write(der.SEQUENCE, der.integer(0), algorithm, der.write(der.OCTETS, key))

    def sign(self, data: bytes) -> bytes:
        """r‖s. Randomised: twice the same data gives two signatures. Raises :class:`SuiteUnavailable`."""
        library = _library()
        encoded = library.sm2_sign_sm3_digest(self._number, self.public.hash(data))
        r, s = (der.whole_number(part) for part in der.inside(encoded))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def is_sm2(algorithm: bytes) -> bool:
    """Whether an AlgorithmIdentifier (DER) names an EC key on the SM2 curve."""
    return [part.whole for part in der.inside(algorithm)] == [_EC_KEY, _SM2_CURVE]


def _times_base(number: int) -> tuple[int, int]:
    """number · G. Used when a key is made or loaded, never per signature; not constant in time."""
    found: tuple[int, int] | None = None
    step: tuple[int, int] | None = (_GX, _GY)
    while number:
        if number & 1:
            found = _add(found, step)
        step = _add(step, step)
        number >>= 1
    assert found is not None, "the number is below the order of the group"
    return found


def _add(one: tuple[int, int] | None, two: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or two is None:
        return one or two
    (x1, y1), (x2, y2) = one, two
    if x1 == x2 and (y1 + y2) % _P == 0:
        return None
    rise, run = (3 * x1 * x1 + _A, 2 * y1) if one == two else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, _P) % _P
    x3 = (slope * slope - x1 - x2) % _P
    return x3, (slope * (x1 - x3) - y1) % _P


# GmSSL writes a line to the file descriptor of standard error for every signature that does not hold, so a stranger
# could fill a log. For the length of a verification the descriptor leads into a file in memory; what stands there
# afterwards and is not GmSSL's (another thread's line) is passed on.

_CHATTER: Final = re.compile(rb"^[^\n]*\.c:\d+:\w+\(\):[^\n]*\n?", re.MULTILINE)
_chatter_lock: Final = threading.Lock()


@cache
def _sink(_process: int) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("tongban-stderr")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
    _kept.append(file)
    return file.fileno()


_kept: Final[list[Any]] = []


@contextmanager
def _without_chatter() -> Iterator[None]:
    with _chatter_lock:
        try:
            sink, before = _sink(os.getpid()), os.dup(2)
        except OSError:  # no standard error at all: nothing to keep quiet
            yield
            return
        try:
            os.dup2(sink, 2, inheritable=True)
            yield
        finally:
            os.dup2(before, 2, inheritable=True)
            os.close(before)
            if size := os.lseek(sink, 0, os.SEEK_END):
                os.lseek(sink, 0, os.SEEK_SET)
                foreign = _CHATTER.sub(b"", os.read(sink, min(size, 1_000_000)))
                os.ftruncate(sink, 0)
                os.lseek(sink, 0, os.SEEK_SET)
                if foreign:
                    with suppress(OSError):
                        os.write(2, foreign)
