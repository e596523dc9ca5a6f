"""``POST /gate/v1/messages``: a batch of sealed messages in, a signed receipt or a problem for each out."""

from __future__ import annotations

from typing import Final

import msgspec
import structlog
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from tongban.directory.actions import look_for_newer_soon
from tongban.directory.queries import NotEnrolled
from tongban.exchange.actions import accept_batch
from tongban.journal import clock
from tongban_wire import jws
from tongban_wire.problems import WireProblem

from . import answers, limits

log = structlog.get_logger(__name__)

MOST_MESSAGES: Final = 100
MOST_BYTES: Final = 5_500_000
"""Four million of messages as our courier packs them, one message over, and room for their frame."""


class Batch(msgspec.Struct):
    """The messages stay the bytes that came: what is verified and kept is never written anew."""

    messages: list[msgspec.Raw]


class _Outer(msgspec.Struct):
    jws: str


_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_read_batch = msgspec.json.Decoder(Batch)
_read_outer = msgspec.json.Decoder(_Outer)


def receive(request: HttpRequest) -> HttpResponse:
    """200 with ``{"answers": [{"receipt": …} | {"problem": {code, whose, retry}}, …]}``, one per message, in order.

    A receipt is given only for what is durably stored. Anything else — too much, unreadable, too often, database away —
    is a problem document, and nothing of the batch may be taken as stored.
    """
    if request.method != "POST":
        return answers.problem("request.method_not_allowed", whose="sender")
    address = limits.address_of(request)
    if not limits.requests.take(address):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    if request.content_type != "application/json":
        return answers.problem("request.unsupported_media_type", whose="sender")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return answers.problem("request.too_large", whose="sender", detail=f"{MOST_BYTES} bytes")
    try:
        raws = [bytes(raw) for raw in _read_batch.decode(body).messages]
    except _UNREADABLE:
        return answers.problem("request.malformed", whose="sender")
    if not raws:
        return answers.as_json({"answers": []})
    if len(raws) > MOST_MESSAGES:
        return answers.problem("request.too_large", whose="sender", detail=f"{MOST_MESSAGES} messages")
    if not limits.messages.take(f"{address} {_claimed_sender(raws[0])}", len(raws)):
        return answers.problem("request.rate_limited", whose="sender", retry_after=1)
    structlog.contextvars.bind_contextvars(traceparent=request.headers.get("traceparent"))
    try:
        found = accept_batch(raws, clock.now())
    except NotEnrolled:
        return answers.problem("node.unavailable", whose="receiver", detail="not enrolled", retry_after=60)
    except DatabaseError as error:
        log.error("gate_cannot_store", error=type(error).__name__)
        return answers.problem("node.unavailable", whose="receiver", retry_after=2)
    finally:
        structlog.contextvars.unbind_contextvars("traceparent")
    if any(answer.code == "key.unknown" for answer in found):
        look_for_newer_soon()  # the sender tries again meanwhile
    return answers.as_json({"answers": [answer.as_json() for answer in found]})


def _claimed_sender(raw: bytes) -> str:
    """Who says to have signed; only good enough to count by."""
    try:
        return jws.read_header(_read_outer.decode(raw).jws).kid.rpartition(".")[0]
    except (WireProblem, *_UNREADABLE):
        return "?"
