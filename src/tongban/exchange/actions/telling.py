"""Keeping what is to be told, in the transaction of the fact it reports."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from tongban.exchange.events import Outgoing
from tongban.exchange.rules import crash_points
from tongban.journal import crash, prepared
from tongban.journal.action import current_act
from tongban.journal.values import ChainHeader
from tongban.journal.vault import sealer
from tongban.kernel.events import to_json
from tongban.kernel.ids import new_id

_KEEP: Final = """
WITH destination AS (
  INSERT INTO exchange_destination (node) VALUES (%(receiver)s) ON CONFLICT DO NOTHING
), stream AS (
  INSERT INTO exchange_outboundstream AS s (receiver, stream_subject, last_position)
  VALUES (%(receiver)s, %(subject)s, 1)
  ON CONFLICT (receiver, stream_subject) DO UPDATE SET last_position = s.last_position + 1
  RETURNING last_position
), before AS (
  SELECT coalesce(max(position), 0) AS position FROM exchange_toldchain
  WHERE receiver = %(receiver)s AND subject_type = %(chain_type)s AND subject_id = %(chain_id)s
), told AS (
  INSERT INTO exchange_toldchain AS t (receiver, subject_type, subject_id, position)
  VALUES (%(receiver)s, %(chain_type)s, %(chain_id)s, %(chain_position)s)
  ON CONFLICT (receiver, subject_type, subject_id) DO UPDATE SET position = greatest(t.position, excluded.position)
), personal AS (
  INSERT INTO exchange_outboundpersonal (message_id, sealed, retention)
  SELECT %(id)s, %(sealed)s::bytea, %(retention)s WHERE %(sealed)s::bytea IS NOT NULL
), grants AS (
  INSERT INTO exchange_blobgrant (digest, node)
  SELECT d, %(receiver)s FROM unnest(%(digests)s::text[]) AS d ON CONFLICT DO NOTHING
)
INSERT INTO exchange_outbound (message_id, receiver, stream_subject, position, type, at, fact_id, chain, told_before,
                               data, traceparent)
SELECT %(id)s, %(receiver)s, %(subject)s, stream.last_position, %(type)s, %(at)s, %(fact)s::uuid, %(chain)s::jsonb,
       before.position, %(data)s::jsonb, %(traceparent)s::text
FROM stream, before
RETURNING position
"""


def enqueue(outgoing: Outgoing, header: ChainHeader, fact_id: UUID | None = None) -> UUID:
    """Keep one message with the fact it reports; it leaves after the commit, which wakes the courier. Only inside an
    action.

    Positions are gap-free per (receiver, stream subject): the stream's row is locked until the commit. The receiver may
    from now on fetch the message's attachments, and nothing else: a digest in an answer is a text like any other.
    Returns the message's id.
    """
    act = current_act()
    message_id = new_id()
    data = _public(outgoing.message)
    personal = getattr(outgoing.message, "personal", None)
    sealed = sealer().seal(to_json(personal), bound_to=str(message_id)) if personal is not None else None
    with prepared.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "id": message_id,
                "receiver": outgoing.to,
                "subject": outgoing.stream_subject,
                "type": outgoing.message.TYPE,
                "at": act.at,
                "fact": fact_id,
                "chain_type": header.subject_type,
                "chain_id": header.subject_id,
                "chain_position": header.position,
                "chain": json.dumps(to_json(header)),
                "data": json.dumps(data, ensure_ascii=False),
                "traceparent": act.traceparent,
                "sealed": sealed,
                "retention": outgoing.retention,
                "digests": sorted({one.digest for one in getattr(outgoing.message, "attachments", ())}),
            },
        )
    crash.point(crash_points.ENQUEUED)
    return message_id


def _public(message: Any) -> dict[str, Any]:
    body: dict[str, Any] = message.body()
    return body
