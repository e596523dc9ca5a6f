"""The envelope: one signed sentence from one node to another, and the receipt for it.

What is signed is what travels: a compact JWS around a CloudEvents 1.0 object. Beside it, outside the signature but
bound to it by a salted digest, stands the personal part, which either side can erase later: the signature still
holds, and opening says ``personal_erased``. The digest of a message is that of its JWS and survives erasure.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from . import jws
from .keys import SigningKey, digest_of
from .messages import parse
from .problems import WireProblem
from .reading import read_dataclass, read_instant, read_uuid, to_json
from .strict import b64url, read_json, read_object, unb64url, write_instant, write_json
from .trust import SKEW, TrustList
from .words import Digest, Key, Message, Node

MAX_BYTES: Final = 1_000_000
SALT_BYTES: Final = 16
SOURCE: Final = "/nodes/"
STREAM_SUBJECT: Final = re.compile(
    r"[a-z][a-z_]{0,39}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|daybook:[a-z0-9][a-z0-9.-]{1,31}"
)
"""``filing:<uuid>``, or ``daybook:<node>`` for day books."""
TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_DIGEST: Final = re.compile(r"sha-256:[0-9a-f]{64}")
_NODE: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHeader:
    """Where the reported fact stands in its owner's chain (decision 3). ``previous`` is None for the first."""

    subject_type: Key
    subject_id: UUID
    position: int
    name: Key
    digest: Digest
    previous: Digest | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A sentence before it is sealed.

    ``stream_subject`` (``filing:<uuid>``) and ``position`` (from 1, without gaps per sender, receiver and subject)
    order the stream; ``at`` is when the fact happened; ``skipped`` are the digests of facts of the same chain since
    the last message that are not meant for the receiver.
    """

    id: UUID
    sender: str
    receiver: str
    stream_subject: str
    position: int
    at: datetime
    chain: ChainHeader
    message: Message
    skipped: tuple[str, ...] = ()
    traceparent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Envelope(Draft):
    """A sentence whose signature holds.

    ``personal_erased``: a personal part was signed and is gone. ``list_expired``: the trust list it was checked
    against had expired: store and park, do not act (decision 19).
    """

    digest: str
    kid: str
    personal_erased: bool = False
    list_expired: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """``raw`` is what travels and what is kept; ``digest`` (of the JWS) is what a receipt names."""

    raw: bytes
    id: UUID
    digest: str


def seal(draft: Draft, key: SigningKey, *, salt: bytes | None = None) -> Sealed:
    """Signs with the sender's key. ``ValueError`` for a draft that no receiver would accept.

    ``salt`` (16 bytes) is given by those who make vectors alone; otherwise it is drawn.
    """
    if key.node != draft.sender:
        raise ValueError(f"key {key.kid} does not belong to {draft.sender}")
    if draft.position < 1 or not STREAM_SUBJECT.fullmatch(draft.stream_subject):
        raise ValueError("a stream has a subject and positions from 1")
    message = draft.message
    data: dict[str, Any] = {"body": message.body(), "chain": to_json(draft.chain), "skipped": list(draft.skipped)}
    parts: dict[str, str] = {}
    if message.personal is not None:
        salted = (salt or os.urandom(SALT_BYTES)) + write_json(to_json(message.personal))
        data["personal"] = digest_of(salted)
        parts["personal"] = b64url(salted)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(draft.id),
        "source": SOURCE + draft.sender,
        "type": message.type,
        "subject": draft.stream_subject,
        "time": write_instant(draft.at),
        "datacontenttype": "application/json",
        "receiver": draft.receiver,
        "position": draft.position,
        "data": data,
    }
    if draft.traceparent is not None:
        event["traceparent"] = draft.traceparent
    compact = jws.sign(write_json(event), key, jws.ENVELOPE)
    return Sealed(write_json({"jws": compact, "parts": parts}), draft.id, digest_of(compact.encode("ascii")))


def erase_personal(raw: bytes) -> bytes:
    """The same envelope without its personal part. The signature and the digest stay good."""
    outer = read_object(raw, "envelope.malformed")
    return write_json({"jws": outer.get("jws"), "parts": {}})


def open_envelope(
    raw: bytes,
    trust: TrustList,
    *,
    receiver: str,
    at: datetime,
    max_bytes: int = MAX_BYTES,
    erased_ok: bool = False,
) -> Envelope:
    """Verifies everything that can be verified without knowing the case; raises ``WireProblem`` and nothing else.

    ``at`` is when the bytes arrived: the signing key must have been valid then, the message may be dated at most five
    minutes later. ``erased_ok``: accept that the personal part is gone (reading the archive, not the border).
    """
    compact, personal_raw = _outer(raw, max_bytes)
    payload, kid = jws.verify(compact, jws.ENVELOPE, lambda kid: trust.signer(kid, at)[1])
    event = read_object(payload, "envelope.malformed")
    try:
        sender = _sender(event)
        message_id = read_uuid(event.get("id"), "id")
        time = read_instant(event.get("time"), "time")
    except WireProblem as problem:
        raise WireProblem("envelope.malformed", problem.detail) from None
    position, subject, type_name = event.get("position"), event.get("subject"), event.get("type")
    if type(position) is not int or not 1 <= position < 2**31:
        raise WireProblem("envelope.malformed", "position")
    if type(subject) is not str or not STREAM_SUBJECT.fullmatch(subject):
        raise WireProblem("envelope.malformed", "subject")
    if type(type_name) is not str:
        raise WireProblem("envelope.malformed", "type")
    entry, _ = trust.signer(kid, at)
    if entry.node != sender:
        raise WireProblem("key.not_the_senders", kid)
    if event.get("receiver") != receiver:
        raise WireProblem("envelope.wrong_receiver")
    if time > at + SKEW:
        raise WireProblem("envelope.from_the_future")
    if not entry.may(type_name):
        raise WireProblem("power.not_allowed", type_name[:100])
    if trust.is_retired(type_name, at):
        raise WireProblem("message.retired", type_name[:100])
    chain, skipped, body, personal_digest = _data(event.get("data"))
    personal, erased = _personal(personal_digest, personal_raw, erased_ok)
    traceparent = event.get("traceparent")
    return Envelope(
        id=message_id,
        sender=sender,
        receiver=receiver,
        stream_subject=subject,
        position=position,
        at=time,
        chain=chain,
        skipped=skipped,
        message=parse(type_name, body, personal),
        traceparent=traceparent if type(traceparent) is str and TRACEPARENT.fullmatch(traceparent) else None,
        digest=digest_of(compact.encode("ascii")),
        kid=kid,
        personal_erased=erased,
        list_expired=trust.is_expired(at),
    )


def _outer(raw: bytes, max_bytes: int) -> tuple[str, str | None]:
    if len(raw) > max_bytes:
        raise WireProblem("envelope.too_large", f"{len(raw)} bytes, {max_bytes} allowed")
    outer = read_object(raw, "envelope.malformed")
    compact, parts = outer.get("jws"), outer.get("parts", {})
    if outer.keys() - {"jws", "parts"} or type(compact) is not str or not compact.isascii():
        raise WireProblem("envelope.malformed", "jws")
    if type(parts) is not dict or parts.keys() - {"personal"}:
        raise WireProblem("envelope.malformed", "parts")
    personal = parts.get("personal")
    if personal is not None and type(personal) is not str:
        raise WireProblem("envelope.malformed", "parts.personal")
    return compact, personal


def _sender(event: dict[str, Any]) -> str:
    source = event.get("source")
    if event.get("specversion") != "1.0":
        raise WireProblem("envelope.malformed", "specversion")
    if event.get("datacontenttype") != "application/json":
        raise WireProblem("envelope.malformed", "datacontenttype")
    if type(source) is not str or not source.startswith(SOURCE) or not _NODE.fullmatch(source, len(SOURCE)):
        raise WireProblem("envelope.malformed", "source")
    return source[len(SOURCE) :]


def _data(data: Any) -> tuple[ChainHeader, tuple[str, ...], Any, str | None]:
    if type(data) is not dict:
        raise WireProblem("envelope.malformed", "data")
    skipped, personal = data.get("skipped", []), data.get("personal")
    if type(skipped) is not list or not all(type(d) is str and _DIGEST.fullmatch(d) for d in skipped):
        raise WireProblem("envelope.malformed", "data.skipped")
    if personal is not None and (type(personal) is not str or not _DIGEST.fullmatch(personal)):
        raise WireProblem("envelope.malformed", "data.personal")
    try:
        chain = read_dataclass(ChainHeader, data.get("chain"), "data.chain")
    except WireProblem as problem:
        raise WireProblem("envelope.malformed", problem.detail) from None
    return chain, tuple(skipped), data.get("body"), personal


def _personal(signed: str | None, given: str | None, erased_ok: bool) -> tuple[Any, bool]:
    """(personal part, has it been erased)."""
    if signed is None:
        if given is not None:
            raise WireProblem("envelope.personal_wrong", "none was signed")
        return None, False
    if given is None:
        if not erased_ok:
            raise WireProblem("envelope.personal_missing")
        return None, True
    salted = unb64url(given, "envelope.malformed")
    if not hmac.compare_digest(hashlib.sha256(salted).hexdigest(), signed.removeprefix("sha-256:")):
        raise WireProblem("envelope.personal_wrong")
    return read_json(salted[SALT_BYTES:]), False


# ---- receipt --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """“Durably stored” by the receiver at ``stored_at``; never “agreed”. ``sender``, ``receiver``: of the message."""

    message_id: UUID
    digest: Digest
    sender: Node
    receiver: Node
    stream_subject: Key
    position: int
    stored_at: datetime


def seal_receipt(receipt: Receipt, key: SigningKey) -> str:
    """A compact JWS by the receiver's key."""
    if key.node != receipt.receiver:
        raise ValueError(f"key {key.kid} does not belong to {receipt.receiver}")
    return jws.sign(write_json(to_json(receipt)), key, jws.RECEIPT)


def open_receipt(text: str, trust: TrustList, at: datetime) -> Receipt:
    """The receipt, if the receiver it names signed it with a key valid at ``at``. Raises ``WireProblem``."""
    if len(text) > 10_000 or not text.isascii():
        raise WireProblem("receipt.malformed")
    payload, kid = jws.verify(text, jws.RECEIPT, lambda kid: trust.signer(kid, at)[1])
    try:
        receipt = read_dataclass(Receipt, read_object(payload, "receipt.malformed"))
    except WireProblem as problem:
        raise WireProblem("receipt.malformed", problem.detail) from None
    if trust.signer(kid, at)[0].node != receipt.receiver:
        raise WireProblem("key.not_the_senders", kid)
    return receipt
