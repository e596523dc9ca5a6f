"""From kept rows to signed bytes: once per message, outside any transaction, stored before the first attempt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from django.db import connection

from tongban.config import config
from tongban.journal import prepared
from tongban.journal import queries as journal
from tongban.journal.vault import sealer
from tongban.kernel.sealing import Unsealable
from tongban_wire.envelope import ChainHeader, Draft, seal
from tongban_wire.keys import SigningKey
from tongban_wire.messages import parse
from tongban_wire.problems import WireProblem

from . import peers

log = structlog.get_logger(__name__)

BATCH: Final = 100
"""Most messages in one POST; a gate takes at most one hundred."""

BATCH_BYTES: Final = 4_000_000
"""Most bytes in one POST; a single message is at most one million."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A signed message about to be sent. ``tries`` counts the attempts before this one."""

    seq: int
    message_id: UUID
    stream_subject: str
    position: int
    tries: int
    digest: str
    raw: bytes
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """What became of a message that got no receipt: parked, or tried again not before ``next_at``."""

    seq: int
    code: str
    park: bool = False
    next_at: datetime | None = None


_NEXT: Final = """
SELECT o.seq, o.message_id, o.stream_subject, o.position, o.tries, o.jws, o.digest, o.type, o.at, o.chain,
       o.told_before, o.data, o.traceparent, p.sealed, p.sealed_parts
FROM exchange_outbound o LEFT JOIN exchange_outboundpersonal p USING (message_id)
WHERE o.receiver = %s::text AND o.state = 'pending' AND o.seq > %s::bigint
  AND (o.next_at IS NULL OR o.next_at <= %s::timestamptz)
ORDER BY CASE WHEN %s::bool THEN o.tries ELSE 0 END, o.seq LIMIT %s::int
"""


def next_batch(
    receiver: str, key: SigningKey, at: datetime, *, after: int = 0, most: int = BATCH, least_tried: bool = False
) -> list[Ready]:
    """The oldest pending messages of a destination, signed; signs and stores what has not been signed yet.

    ``after``: only those behind this number, because what is before it is on its way just now. ``least_tried``: those
    tried least often first, so that one that makes its receiver stumble is not the one that the peer is tried with.

    Within a stream the order is that of positions. A parked message does not hold back its successors here: the
    receiver keeps them until the gap is filled, so a replay completes the stream at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [receiver, after, at, least_tried, most])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    ready: list[Ready] = []
    signed: list[dict[str, Any]] = []
    hopeless: list[Refused] = []
    size = 0
    for row in rows:
        if row["jws"] is None:
            try:
                _sign(row, receiver, key)
            except (WireProblem, ValueError, Unsealable) as error:
                log.error("message_cannot_be_signed", message=str(row["message_id"]), error=type(error).__name__)
                hopeless.append(Refused(row["seq"], "node.cannot_sign", park=True))
                continue
            signed.append(row)
        else:
            parts = _open(row["sealed_parts"], row["message_id"]) or {}
            row["raw"] = msgspec.json.encode({"jws": row["jws"], "parts": parts})
        raw = row["raw"]
        size += len(raw)
        if ready and size > BATCH_BYTES:
            break  # the rest goes with the next batch; a signature made for it is kept
        ready.append(
            Ready(
                row["seq"], row["message_id"], row["stream_subject"], row["position"], row["tries"], row["digest"], raw,
                row["traceparent"],
            )
        )  # fmt: skip
    if signed:
        _keep_signed(signed)
    if hopeless:
        note_refusals(hopeless, at)
        return ready or next_batch(receiver, key, at, after=after, most=most, least_tried=least_tried)
    return ready


def _sign(row: dict[str, Any], receiver: str, key: SigningKey) -> None:
    """Fill in ``jws``, ``digest``, ``parts`` and ``raw``, the bytes that travel."""
    chain = _json(row["chain"])
    personal = _open(row["sealed"], row["message_id"])
    draft = Draft(
        id=row["message_id"],
        sender=config().node_id,
        receiver=receiver,
        stream_subject=row["stream_subject"],
        position=row["position"],
        at=row["at"],
        chain=ChainHeader(
            subject_type=chain["subject_type"],
            subject_id=UUID(chain["subject_id"]),
            position=chain["position"],
            name=chain["name"],
            digest=chain["digest"],
            previous=chain["previous"] or None,
        ),
        skipped=_skipped(chain, row["told_before"]),
        message=parse(row["type"], _json(row["data"]), personal),
        traceparent=row["traceparent"],
    )
    sealed = seal(draft, key)
    outer = msgspec.json.decode(sealed.raw)
    row["jws"], row["digest"], row["parts"], row["raw"] = outer["jws"], sealed.digest, outer["parts"], sealed.raw


def _skipped(chain: dict[str, Any], told_before: int) -> tuple[str, ...]:
    """The digests between what the receiver was told before and the fact reported now (decision 3)."""
    between = chain["position"] - told_before - 1
    if between <= 0:
        return ()
    if between == 1:
        return (chain["previous"],)
    return journal.skipped_digests(
        chain["subject_type"], UUID(chain["subject_id"]), after=told_before, before=chain["position"]
    )


def _keep_signed(rows: Sequence[dict[str, Any]]) -> None:
    """One statement for the batch. The bytes are kept before they leave, so that every retry sends the same ones."""
    payload = [
        {
            "message_id": str(row["message_id"]),
            "jws": row["jws"],
            "digest": row["digest"],
            "parts": sealer().seal(row["parts"], bound_to=str(row["message_id"])).hex() if row["parts"] else None,
        }
        for row in rows
    ]
    with prepared.cursor() as cursor:
        cursor.execute(
            """
            WITH signed AS (
              SELECT * FROM json_to_recordset(%s::json) AS r(message_id uuid, jws text, digest text, parts text)
            ), personal AS (
              UPDATE exchange_outboundpersonal p SET sealed_parts = decode(signed.parts, 'hex')
              FROM signed WHERE p.message_id = signed.message_id AND signed.parts IS NOT NULL
            )
            UPDATE exchange_outbound o SET jws = signed.jws, digest = signed.digest
            FROM signed WHERE o.message_id = signed.message_id AND o.jws IS NULL
            """,
            [msgspec.json.encode(payload).decode()],
        )


def _open(sealed: Any, message_id: UUID) -> Any:
    return sealer().open(bytes(sealed), bound_to=str(message_id)) if sealed is not None else None


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def note_receipts(receiver: str, courier: str, receipts: Sequence[tuple[int, str]], at: datetime) -> bool:
    """The receiver has them: store its receipts, forget its failures and keep the destination's lease, in one commit.

    A message delivered already keeps its first receipt. False if the lease was lost.
    """
    with prepared.cursor() as cursor:
        cursor.execute(
            """
            WITH delivered AS (
              UPDATE exchange_outbound o
              SET state = 'delivered', receipt = r.receipt, delivered_at = %(at)s::timestamptz, tries = o.tries + 1,
                  last_error = NULL
              FROM json_to_recordset(%(receipts)s::json) AS r(seq bigint, receipt text)
              WHERE o.seq = r.seq AND o.receiver = %(receiver)s::text AND o.state = 'pending'
            )
            UPDATE exchange_destination
            SET failures = 0, next_at = NULL, failing_since = NULL, last_ok_at = %(at)s::timestamptz,
                leased_until = now() + %(lease)s::interval
            WHERE node = %(receiver)s::text AND leased_by = %(courier)s::text
            """,
            {
                "at": at, "receiver": receiver, "courier": courier, "lease": peers.LEASE,
                "receipts": json.dumps([{"seq": seq, "receipt": receipt} for seq, receipt in receipts]),
            },
        )  # fmt: skip
        return bool(cursor.rowcount == 1)


def note_refusals(refusals: Sequence[Refused], at: datetime) -> None:
    """Count the attempt; park with the reason what will never be taken.

    A receiver that says ``key.not_valid_then`` does not have the message (else it had sent its first receipt again), so
    it is sealed anew with the key then in use, under the same id and position (docs/protocol.md §4.2).
    """
    payload = [
        {
            "seq": refused.seq,
            "code": refused.code[:200],
            "park": refused.park,
            "next_at": refused.next_at.isoformat() if refused.next_at else None,
        }
        for refused in refusals
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE exchange_outbound o
            SET tries = o.tries + 1, last_error = r.code,
                jws = CASE WHEN r.code <> 'key.not_valid_then' THEN o.jws END,
                digest = CASE WHEN r.code <> 'key.not_valid_then' THEN o.digest END,
                state = CASE WHEN r.park THEN 'parked' ELSE 'pending' END,
                parked_reason = CASE WHEN r.park THEN r.code END, next_at = r.next_at,
                parked_at = CASE WHEN r.park THEN %s::timestamptz END
            FROM jsonb_to_recordset(%s::jsonb) AS r(seq bigint, code text, park boolean, next_at timestamptz)
            WHERE o.seq = r.seq AND o.state = 'pending'
            """,
            [at, json.dumps(payload)],
        )
