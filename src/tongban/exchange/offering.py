"""What a receiver may ask us for: the heads of the streams we send it, and their messages again, as signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from tongban.journal.vault import sealer

HEADS: Final = 500
MESSAGES: Final = 50
BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class StreamHead:
    """How far a stream to the asking node has been signed, without a gap, and the digest over its digests."""

    subject: str
    last: int
    digest: str


def heads(receiver: str, *, after: str = "", limit: int = HEADS) -> list[StreamHead]:
    """The streams to ``receiver`` behind ``after``, by subject. Messages not signed yet do not count; nor does a stream
    that has no other, so that fewer than ``limit`` mean the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.stream_subject, count(*)::int,
                   'sha-256:' || encode(sha256(convert_to(
                     string_agg(o.digest || E'\\n', '' ORDER BY o.position), 'UTF8')), 'hex')
            FROM (SELECT stream_subject FROM exchange_outboundstream t
                  WHERE receiver = %(receiver)s AND stream_subject > %(after)s AND EXISTS (
                    SELECT 1 FROM exchange_outbound f WHERE f.receiver = t.receiver
                      AND f.stream_subject = t.stream_subject AND f.position = 1 AND f.digest IS NOT NULL)
                  ORDER BY stream_subject LIMIT %(limit)s) s
            JOIN exchange_outbound o ON o.receiver = %(receiver)s AND o.stream_subject = s.stream_subject
            WHERE o.digest IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM exchange_outbound b WHERE b.receiver = %(receiver)s AND b.stream_subject = s.stream_subject
                AND b.position < o.position AND b.digest IS NULL)
            GROUP BY s.stream_subject ORDER BY s.stream_subject
            """,
            {"receiver": receiver, "after": after, "limit": limit},
        )
        return [StreamHead(*row) for row in cursor.fetchall()]


def messages(receiver: str, subject: str, first: int, *, limit: int = MESSAGES) -> list[bytes]:
    """The signed messages of a stream from position ``first`` on, exactly as they left or will leave."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.message_id, o.jws, p.sealed_parts
            FROM exchange_outbound o LEFT JOIN exchange_outboundpersonal p USING (message_id)
            WHERE o.receiver = %s AND o.stream_subject = %s AND o.position >= %s AND o.jws IS NOT NULL
            ORDER BY o.position LIMIT %s
            """,
            [receiver, subject, first, limit],
        )
        rows = cursor.fetchall()
    found: list[bytes] = []
    size = 0
    for message_id, jws, sealed in rows:
        raw = json.dumps({"jws": jws, "parts": _parts(message_id, sealed)}, separators=(",", ":")).encode()
        size += len(raw)
        if found and size > BYTES:
            break
        found.append(raw)
    return found


def _parts(message_id: UUID, sealed: bytes | None) -> object:
    return sealer().open(bytes(sealed), bound_to=str(message_id)) if sealed is not None else {}
