"""Taking in what other nodes (or this one) say: evidence first, then a receipt, then — later, by a job — the effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from django.db import connection

from tongban.config import config
from tongban.exchange.installation import keys
from tongban.exchange.rules import crash_points
from tongban.exchange.rules.streams import Arrival, Verdict, judge
from tongban.journal import crash, prepared
from tongban.journal.vault import sealer
from tongban_wire.envelope import MAX_BYTES, SOURCE, Envelope, Receipt, open_envelope, seal_receipt
from tongban_wire.jws import payload_of, read_header
from tongban_wire.keys import digest_of
from tongban_wire.problems import WireProblem
from tongban_wire.reading import read_dataclass, read_uuid
from tongban_wire.strict import read_object
from tongban_wire.words import NotUnderstood

log = structlog.get_logger(__name__)

NOT_UNDERSTOOD: Final = "message.type_unknown"
LIST_EXPIRED: Final = "node.trust_list_expired"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told about one message: a signed receipt, or a problem and whose it is."""

    sender: str | None = None
    receipt: str | None = None
    understood: bool = True
    duplicate: bool = False
    code: str | None = None
    whose: str | None = None
    retry: bool = False

    def as_json(self) -> dict[str, Any]:
        if self.receipt is not None:
            return {"receipt": self.receipt} if self.understood else {"receipt": self.receipt, "understood": False}
        return {"problem": {"code": self.code, "whose": self.whose, "retry": self.retry}}


def accept(raw: bytes, at: datetime) -> Answer:
    """One message; see :func:`accept_batch`."""
    return accept_batch([raw], at)[0]


def accept_batch(raws: Sequence[bytes], at: datetime) -> list[Answer]:
    """Verify, store, receipt. One answer per message, in order.

    1. Open each envelope against the trust list. What does not verify is answered with its problem and not stored.
    2. Sign a receipt for each and write signed bytes, personal part and receipt in one durable statement.
    3. Answer with the receipt; a message already known gets its first one, a contradiction a problem.
    Effects follow in a worker, in stream order. What cannot have an effect now — the trust list has expired, the type
    is unknown here — is stored, receipted and parked, never dropped.
    """
    trust, key, me = keys().trust(), keys().my_key(), config().node_id
    answers: list[Answer | None] = [None] * len(raws)
    opened: dict[int, Envelope] = {}
    rows: list[dict[str, Any]] = []
    seen: set[tuple[str, UUID]] = set()
    for index, raw in enumerate(raws):
        try:
            envelope = open_envelope(raw, trust, receiver=me, at=at, max_bytes=MAX_BYTES)
        except WireProblem as problem:
            if problem.code == "key.not_valid_then" and (known := _known_by_its_bytes(raw, at)) is not None:
                answers[index] = known
                continue
            log.warning("message_refused", code=problem.code, whose=problem.whose, detail=problem.detail)
            answers[index] = Answer(code=problem.code, whose=problem.whose, retry=problem.retry)
            continue
        opened[index] = envelope
        if (envelope.sender, envelope.id) not in seen:
            seen.add((envelope.sender, envelope.id))
            receipt = seal_receipt(
                Receipt(
                    message_id=envelope.id,
                    digest=envelope.digest,
                    sender=envelope.sender,
                    receiver=me,
                    stream_subject=envelope.stream_subject,
                    position=envelope.position,
                    stored_at=at,
                ),
                key,
            )
            rows.append(_row(raw, envelope, receipt, at))
    crash.point(crash_points.VERIFIED)
    fresh = _store(rows) if rows else set()
    crash.point(crash_points.STORED)
    receipts = {(row["sender"], UUID(row["message_id"])): row["receipt"] for row in rows}
    for index, envelope in opened.items():
        identity = (envelope.sender, envelope.id)
        if identity in fresh:
            fresh.discard(identity)
            understood = not isinstance(envelope.message, NotUnderstood)
            answers[index] = Answer(sender=envelope.sender, receipt=receipts[identity], understood=understood)
        else:
            answers[index] = _answer_known(envelope, at)
    return [answer for answer in answers if answer is not None]


def _row(raw: bytes, envelope: Envelope, receipt: str, at: datetime) -> dict[str, Any]:
    outer = msgspec.json.decode(raw)
    parts = outer.get("parts") or None
    bound_to = f"{envelope.sender}/{envelope.id}"
    reason = None
    if envelope.list_expired:
        reason = LIST_EXPIRED
    elif isinstance(envelope.message, NotUnderstood):
        reason = NOT_UNDERSTOOD
    return {
        "message_id": str(envelope.id),
        "sender": envelope.sender,
        "stream_subject": envelope.stream_subject,
        "position": envelope.position,
        "type": envelope.message.type,
        "jws": outer["jws"],
        "digest": envelope.digest,
        "kid": envelope.kid,
        "receipt": receipt,
        "received_at": at.isoformat(),
        "traceparent": envelope.traceparent,
        "state": "parked" if reason else "stored",
        "reason": reason,
        "parked_at": at.isoformat() if reason else None,
        "parts": sealer().seal(parts, bound_to=bound_to).hex() if parts else None,
    }


_STORE: Final = """
WITH new AS (
  SELECT * FROM json_to_recordset(%s::text::json) AS r(
    message_id uuid, sender text, stream_subject text, position int, type text, jws text, digest text, kid text,
    receipt text, received_at timestamptz, traceparent text, state text, reason text, parked_at timestamptz, parts text)
), stream AS (
  INSERT INTO exchange_inboundstream (sender, stream_subject)
  SELECT DISTINCT sender, stream_subject FROM new ORDER BY 1, 2 ON CONFLICT DO NOTHING
), stored AS (
  INSERT INTO exchange_inbound (message_id, sender, stream_subject, position, type, jws, digest, kid, receipt,
                                received_at, traceparent, state, reason, parked_at)
  SELECT message_id, sender, stream_subject, position, type, jws, digest, kid, receipt, received_at, traceparent, state,
         reason, parked_at
  FROM new ORDER BY sender, stream_subject, position
  ON CONFLICT DO NOTHING
  RETURNING sender, message_id
), personal AS (
  INSERT INTO exchange_inboundpersonal (sender, message_id, sealed_parts, retention)
  SELECT new.sender, new.message_id, decode(new.parts, 'hex'), 'case'
  FROM new JOIN stored USING (sender, message_id) WHERE new.parts IS NOT NULL
), alive AS (
  UPDATE exchange_destination SET next_at = NULL
  WHERE next_at IS NOT NULL AND node IN (SELECT sender FROM stored)
)
SELECT sender, message_id, pg_notify('tongban_jobs', '') FROM stored
"""


def _store(rows: list[dict[str, Any]]) -> set[tuple[str, UUID]]:
    """Write all and wake the workers in one statement; return the identities that were new. Who speaks to us is also
    tried again at once."""
    with prepared.cursor() as cursor:
        cursor.execute(_STORE, [msgspec.json.encode(rows).decode()])
        return {(sender, message_id) for sender, message_id, _ in cursor.fetchall()}


def _answer_known(envelope: Envelope, at: datetime) -> Answer:
    """A message that was not new: the first receipt again, or the contradiction by its name."""
    arrival = Arrival(str(envelope.id), envelope.digest, envelope.position)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT message_id, digest, position, receipt, reason, stream_subject = %s AND position = %s
            FROM exchange_inbound
            WHERE sender = %s AND (message_id = %s OR (stream_subject = %s AND position = %s))
            """,
            [
                envelope.stream_subject, envelope.position,
                envelope.sender, envelope.id, envelope.stream_subject, envelope.position,
            ],
        )  # fmt: skip
        found = cursor.fetchall()
    by_id = next((row for row in found if row[0] == envelope.id), None)
    by_position = next((row for row in found if row[5]), None)
    verdict = judge(
        arrival,
        same_id=Arrival(str(by_id[0]), by_id[1], by_id[2]) if by_id else None,
        same_position=Arrival(str(by_position[0]), by_position[1], by_position[2]) if by_position else None,
    )
    if verdict is Verdict.DUPLICATE and by_id is not None:
        return Answer(
            sender=envelope.sender,
            receipt=_receipt_again(by_id[3], at),
            understood=by_id[4] != NOT_UNDERSTOOD,
            duplicate=True,
        )
    log.error("message_contradiction", sender=envelope.sender, verdict=str(verdict), message=str(envelope.id))
    return Answer(sender=envelope.sender, code=f"message.{verdict}", whose="sender")


def _known_by_its_bytes(raw: bytes, at: datetime) -> Answer | None:
    """The answer to bytes that were taken before their key's time was over; their receipt may have been lost."""
    try:
        compact = str(read_object(raw, "envelope.malformed").get("jws"))
        event = read_object(payload_of(compact), "envelope.malformed")
        sender, message_id = str(event.get("source")).removeprefix(SOURCE), read_uuid(event.get("id"), "id")
        digest = digest_of(compact.encode("ascii", "replace"))
    except WireProblem:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt, reason FROM exchange_inbound WHERE sender = %s AND message_id = %s AND digest = %s",
            [sender, message_id, digest],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    return Answer(
        sender=sender, receipt=_receipt_again(found[0], at), understood=found[1] != NOT_UNDERSTOOD, duplicate=True
    )


def _receipt_again(first: str, at: datetime) -> str:
    """The first receipt; if the key that signed it counts no longer, the same is confirmed now, with the one in use."""
    if keys().trust().key(read_header(first).kid, at) is not None:
        return first
    before = read_dataclass(Receipt, read_object(payload_of(first), "receipt.malformed"))
    return seal_receipt(replace(before, stored_at=at), keys().my_key())
