"""A request that proves which node asks: a signed note of method, path, receiver, time and nonce in one header.

Used to pull attachments (``GET /gate/v1/blobs/<digest>``). Sent as ``Authorization: Tongban <compact JWS>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from . import jws
from .keys import SigningKey
from .problems import WireProblem
from .reading import read_dataclass, to_json
from .strict import read_object, write_json
from .trust import SKEW, TrustList
from .words import Key, Node

SCHEME: Final = "Tongban "


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """Who asked for what. ``nonce`` is fresh per request, for receivers that want each answered once only."""

    sender: Node
    receiver: Node
    method: Key
    path: str
    at: datetime
    nonce: Key


def sign_request(key: SigningKey, method: str, path: str, at: datetime, nonce: str, *, receiver: str) -> str:
    """The value of the ``Authorization`` header."""
    request = SignedRequest(sender=key.node, receiver=receiver, method=method.upper(), path=path, at=at, nonce=nonce)
    return SCHEME + jws.sign(write_json(to_json(request)), key, jws.REQUEST)


def verify_request(
    header: str, trust: TrustList, *, method: str, path: str, receiver: str, at: datetime
) -> SignedRequest:
    """Who asks, if the signature is theirs, fresh to five minutes and for exactly this request. ``WireProblem`` else.

    Whether that node may have the thing is for the caller to decide.
    """
    if not header.startswith(SCHEME) or len(header) > 10_000 or not header.isascii():
        raise WireProblem("request.malformed", "header")
    compact = header[len(SCHEME) :]
    payload, kid = jws.verify(compact, jws.REQUEST, lambda kid: trust.signer(kid, at)[1])
    try:
        request = read_dataclass(SignedRequest, read_object(payload, "request.malformed"))
    except WireProblem as problem:
        raise WireProblem("request.malformed", problem.detail) from None
    if trust.signer(kid, at)[0].node != request.sender:
        raise WireProblem("key.not_the_senders", kid)
    if (request.method, request.path, request.receiver) != (method.upper(), path, receiver):
        raise WireProblem("request.other_request")
    if abs(request.at - at) > SKEW:
        raise WireProblem("request.stale")
    return request
