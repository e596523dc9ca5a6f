"""Asking to be put on the trust list: a node's name, address and keys, signed with every key it claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import jws
from .keys import PublicKey, SigningKey
from .problems import WireProblem
from .reading import read_dataclass, to_json
from .strict import read_object, write_json
from .trust import Address
from .words import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a node says of itself. Regions and powers are not asked for: the directory grants them."""

    node: Node
    name: str
    address: Address
    keys: tuple[PublicKey, ...]
    asked_at: datetime


def seal_enrolment(node: str, name: str, address: str, keys: Sequence[SigningKey], at: datetime) -> bytes:
    """JSON with one signature per key (proof of possession): what ``tongban enrol`` writes to a file."""
    request = Enrolment(node=node, name=name, address=address, keys=tuple(k.public for k in keys), asked_at=at)
    payload = write_json(to_json(request))
    return write_json({"enrolment": [jws.sign(payload, key, jws.ENROLMENT) for key in keys]})


def open_enrolment(raw: bytes) -> Enrolment:
    """The request, if every key it names has signed it. It proves possession, not identity: compare fingerprints."""
    signed = read_object(raw, "enrolment.malformed").get("enrolment") if len(raw) <= 100_000 else None
    if type(signed) is not list or not signed or not all(type(s) is str and s.isascii() for s in signed):
        raise WireProblem("enrolment.malformed")
    payload = jws.payload_of(signed[0])
    try:
        request = read_dataclass(Enrolment, read_object(payload, "enrolment.malformed"))
    except WireProblem as problem:
        raise WireProblem("enrolment.malformed", problem.detail) from None
    keys = {key.kid: key for key in request.keys}
    for key in keys.values():
        key.check()
        if key.kid.rpartition(".")[0] != request.node:
            raise WireProblem("key.not_the_senders", key.kid[:60])

    def key_of(kid: str) -> PublicKey:
        if kid not in keys:
            raise WireProblem("key.unknown", kid[:60])
        return keys[kid]

    proved = set()
    for compact in signed:
        verified, kid = jws.verify(compact, jws.ENROLMENT, key_of)
        if verified != payload:
            raise WireProblem("enrolment.malformed", "signatures over different requests")
        proved.add(kid)
    if proved != keys.keys():
        raise WireProblem("enrolment.malformed", "a key that did not sign")
    return request
