"""JSON Web Signature, compact form (RFC 7515), as narrow as it can be.

The header holds exactly ``alg``, ``kid`` and ``typ``; anything else (``crit``, ``jwk``, ``b64`` …) is refused, and so
is an ``alg`` that is not the key's. ``typ`` keeps one kind of signed thing from being taken for another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from .keys import ALGORITHMS, PublicKey, SigningKey
from .problems import WireProblem
from .strict import b64url, read_object, unb64url, write_json

ENVELOPE: Final = "tongban-envelope+jws"
RECEIPT: Final = "tongban-receipt+jws"
TRUST_LIST: Final = "tongban-trust-list+jws"
REQUEST: Final = "tongban-request+jws"
ENROLMENT: Final = "tongban-enrolment+jws"
DAY_BOOK: Final = "tongban-day-book+jws"

KeyOf = Callable[[str], PublicKey]


class Header(NamedTuple):
    alg: str
    kid: str
    typ: str


def sign(payload: bytes, key: SigningKey, typ: str) -> str:
    """``header.payload.signature``."""
    signing_input = f"{_header_of(key.alg, key.kid, typ)}.{b64url(payload)}"
    return f"{signing_input}.{b64url(key.sign(signing_input.encode('ascii')))}"


def read_header(compact: str) -> Header:
    """The header alone, nothing verified."""
    if compact.count(".") != 2:
        raise WireProblem("jws.malformed", "three parts")
    return _read_header(compact[: compact.index(".")])


def payload_of(compact: str) -> bytes:
    """The payload, nothing verified; for signed things that carry their own key."""
    parts = compact.split(".")
    if len(parts) != 3:
        raise WireProblem("jws.malformed", "three parts")
    return unb64url(parts[1], "jws.malformed")


def verify(compact: str, typ: str, key_of: KeyOf) -> tuple[bytes, str]:
    """(payload, kid) of a good signature. ``key_of(kid)`` gives the key or raises ``WireProblem``."""
    header = read_header(compact)
    if header.typ != typ:
        raise WireProblem("jws.wrong_type", header.typ[:60])
    key = key_of(header.kid)
    if key.alg != header.alg:
        raise WireProblem("jws.algorithm_wrong", header.kid)
    signing_input, _, last = compact.rpartition(".")
    signature = unb64url(last, "jws.malformed")
    payload = unb64url(signing_input[signing_input.index(".") + 1 :], "jws.malformed")
    if not key.verify(signature, signing_input.encode("ascii")):
        raise WireProblem("signature.wrong", header.kid)
    return payload, header.kid


@lru_cache(maxsize=256)
def _header_of(alg: str, kid: str, typ: str) -> str:
    return b64url(write_json({"alg": alg, "kid": kid, "typ": typ}))


@lru_cache(maxsize=256)
def _read_header(segment: str) -> Header:
    if len(segment) > 400:
        raise WireProblem("jws.malformed", "header too long")
    found = read_object(unb64url(segment, "jws.malformed"), "jws.malformed")
    if found.keys() != {"alg", "kid", "typ"}:
        raise WireProblem("jws.header_not_allowed", ", ".join(sorted(found.keys() ^ {"alg", "kid", "typ"}))[:100])
    alg, kid, typ = found["alg"], found["kid"], found["typ"]
    if not (isinstance(alg, str) and isinstance(kid, str) and isinstance(typ, str)):
        raise WireProblem("jws.malformed", "header")
    if alg not in ALGORITHMS:
        raise WireProblem("jws.algorithm_unknown", alg[:40])
    return Header(alg, kid, typ)
