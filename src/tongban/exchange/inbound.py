"""Giving stored messages their effect: many streams at a time, each in order, each message exactly once.

1. Lock the streams whose next message is here (``SKIP LOCKED``: other workers take others) and read what follows.
2. Hand each message to its handler; the actions that it calls become parts of the one transaction.
3. Mark messages and streams, and commit: the effect and the mark that it was had are one commit.
A message that cannot be applied rolls back alone; it pauses or blocks its own stream and no other. A process killed
anywhere before the commit leaves nothing behind, so its locks are gone and the messages are as they were.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import DatabaseError, connection

from tongban.journal import clock, crash
from tongban.journal.action import together
from tongban.journal.batching import Batch, undoes_all
from tongban.kernel.problems import Refusal
from tongban_wire.problems import WireProblem
from tongban_wire.words import NotUnderstood

from . import installation
from .actions.receiving import LIST_EXPIRED, NOT_UNDERSTOOD
from .events import PermanentRefusal
from .rules import crash_points
from .rules.retry import APPLY_TRIES, backoff
from .rules.streams import InboundState, Move, next_move
from .stored import Stored, open_rows, opened, reopen

log = structlog.get_logger(__name__)

STREAMS: Final = 100
"""Most streams in one transaction; more would hold their locks for long."""

PER_STREAM: Final = 20
"""Most messages of one stream in one transaction."""

TEMPORARY: Final = frozenset({"state.stale", "node.unavailable", "node.internal"})
"""Refusals of a handler that time may heal: somebody else wrote at the same moment."""


def install(table: Mapping[str, installation.Handler]) -> None:
    """Plug in the inbound table: message type → handler(message, envelope)."""
    installation.install(inbound=dict(table))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message had no effect. ``permanent``: trying again cannot help."""

    row: Stored
    code: str
    permanent: bool
    params: Mapping[str, Any]


@dataclass(slots=True)
class _Outcome:
    """What became of one batch."""

    applied: list[Stored] = field(default_factory=list)
    heads: dict[int, int] = field(default_factory=dict)  # stream → the position it is at now
    troubles: list[Trouble] = field(default_factory=list)
    touched: int = 0


def apply_due(limit: int = STREAMS) -> int:
    """Apply one batch of what is due, in one transaction; returns how many messages were dealt with, 0 if none was."""
    try:
        return _apply_batch(limit)
    except DatabaseError as error:
        # A deadlock with somebody else's rows, or a fact that cannot stand: one by one, so that the culprit shows.
        log.warning("batch_not_applied", error=type(error).__name__)
    done = 0
    while done < limit and (count := _apply_batch(1, deferred=False)):
        done += count
    return done


def apply_stream(sender: str, stream_subject: str) -> int:
    """Apply what this stream allows now; returns how many messages took effect. Nothing if another worker is at it."""
    done = 0
    while count := _apply_batch(1, (sender, stream_subject), deferred=False):
        done += count
    return done


def _apply_batch(limit: int, only: tuple[str, str] | None = None, *, deferred: bool = True) -> int:
    at = clock.now()
    with together(deferred=deferred) as batch:
        streams = _lock(limit, at, only)
        if not streams:
            return 0
        crash.point(crash_points.STREAM_CLAIMED)
        outcome = _walk(batch, streams, open_rows(list(streams), PER_STREAM), at)
        crash.point(crash_points.HANDLED)
        _mark(outcome, at)
    crash.point(crash_points.APPLIED)
    for trouble in outcome.troubles:
        if _parks(trouble):
            log.error("message_parked", type=trouble.row.type, sender=trouble.row.sender, reason=trouble.code)
    return outcome.touched


def _lock(limit: int, at: datetime, only: tuple[str, str] | None) -> dict[int, int]:
    """Streams whose next position is here, locked until the end of the transaction: id → applied position."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.id, s.applied_position FROM exchange_inbound i JOIN exchange_inboundstream s
              ON s.sender = i.sender AND s.stream_subject = i.stream_subject AND i.position = s.applied_position + 1
            WHERE i.state IN ('stored', 'waiting_gap') AND (s.next_at IS NULL OR s.next_at <= %s)
              {"AND s.sender = %s AND s.stream_subject = %s" if only else ""}
            ORDER BY i.seq LIMIT %s FOR UPDATE OF s SKIP LOCKED
            """,  # noqa: S608 - constants
            [at, *(only or ()), limit],
        )
        return dict(cursor.fetchall())


def _walk(batch: Batch[Any], streams: Mapping[int, int], rows: Sequence[Stored], at: datetime) -> _Outcome:
    """Apply each stream's messages in order, until it idles, gaps, blocks or fails."""
    outcome = _Outcome()
    by_stream: dict[int, dict[int, Stored]] = {stream: {} for stream in streams}
    for row in rows:
        by_stream[row.stream][row.position] = row
    for stream, start in streams.items():
        applied, waiting = start, by_stream[stream]
        while True:
            move = next_move(applied, {p: InboundState(row.state) for p, row in waiting.items()})
            if move.move is not Move.APPLY:
                break
            row = waiting.pop(move.position)
            outcome.touched += 1
            if (trouble := _apply(batch, row, at)) is not None:
                outcome.troubles.append(trouble)
                break
            outcome.applied.append(row)
            outcome.heads[stream] = applied = move.position
    return outcome


def _apply(batch: Batch[Any], row: Stored, at: datetime) -> Trouble | None:
    """Read the stored evidence back and hand it to its handler. None: it took effect."""
    try:
        envelope = opened(row, verified=True)
        if installation.keys().trust().is_expired(at):
            return Trouble(row, LIST_EXPIRED, True, {})
        handler = installation.installed().inbound.get(envelope.message.type)
        if handler is None or isinstance(envelope.message, NotUnderstood):
            return Trouble(row, NOT_UNDERSTOOD, True, {"type": row.type})
        structlog.contextvars.bind_contextvars(traceparent=envelope.traceparent, message=str(envelope.id))
        with batch.part():
            handler(envelope.message, envelope)
    except PermanentRefusal as refusal:
        return Trouble(row, refusal.code, True, refusal.params)
    except Refusal as refusal:
        return Trouble(row, refusal.code, refusal.code not in TEMPORARY, refusal.params)
    except WireProblem as problem:
        return Trouble(row, problem.code, not problem.retry, {"detail": problem.detail})
    except Exception as error:  # a poison message must not stop its neighbours
        if undoes_all(error):
            raise  # a deadlock, or the database is away: the whole batch is as it was
        log.warning("message_not_applied", type=row.type, error=type(error).__name__, exc_info=row.tries >= 2)
        return Trouble(row, f"node.internal:{type(error).__name__}", False, {})
    finally:
        structlog.contextvars.unbind_contextvars("traceparent", "message")
    return None


def _parks(trouble: Trouble) -> bool:
    return trouble.permanent or trouble.row.tries + 1 >= APPLY_TRIES


_MARK: Final = """
WITH applied AS (
  UPDATE exchange_inbound SET state = 'applied', applied_at = %(at)s, last_error = NULL WHERE seq = ANY(%(applied)s)
), trouble AS (
  SELECT * FROM jsonb_to_recordset(%(troubles)s::jsonb)
    AS r(seq bigint, stream bigint, tries int, code text, park boolean, params jsonb, pause timestamptz)
), message AS (
  UPDATE exchange_inbound i
  SET tries = t.tries, last_error = t.code, state = CASE WHEN t.park THEN 'parked' ELSE i.state END,
      reason = CASE WHEN t.park THEN t.code END, params = t.params,
      parked_at = CASE WHEN t.park THEN %(at)s::timestamptz END
  FROM trouble t WHERE i.seq = t.seq
), head AS (
  SELECT * FROM jsonb_to_recordset(%(heads)s::jsonb) AS r(stream bigint, position int)
)
UPDATE exchange_inboundstream s
SET applied_position = coalesce(h.position, s.applied_position),
    failures = CASE WHEN t.stream IS NULL THEN 0 ELSE s.failures + 1 END,
    next_at = t.pause
FROM (SELECT stream FROM head UNION SELECT stream FROM trouble) k
  LEFT JOIN head h USING (stream) LEFT JOIN trouble t USING (stream)
WHERE s.id = k.stream
"""


def _mark(outcome: _Outcome, at: datetime) -> None:
    """Messages and streams move on in one statement, which commits with the effects."""
    troubles = [
        {
            "seq": t.row.seq, "stream": t.row.stream, "tries": t.row.tries + 1, "code": t.code[:200], "park": _parks(t),
            "params": dict(t.params),
            "pause": None if _parks(t) else (at + backoff(t.row.tries + 1, random.random())).isoformat(),
        }
        for t in outcome.troubles
    ]  # fmt: skip
    heads = [{"stream": stream, "position": position} for stream, position in outcome.heads.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            {
                "at": at, "applied": [row.seq for row in outcome.applied], "heads": json.dumps(heads),
                "troubles": json.dumps(troubles, default=str),
            },
        )  # fmt: skip


def note_gaps() -> int:
    """Say of what was stored beyond a missing position that it waits; returns how many messages are new to waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE exchange_inbound i SET state = 'waiting_gap'
            FROM exchange_inboundstream s
            WHERE i.state = 'stored' AND s.sender = i.sender AND s.stream_subject = i.stream_subject
              AND i.position > s.applied_position + 1
              AND NOT EXISTS (SELECT 1 FROM exchange_inbound n WHERE n.sender = s.sender
                                AND n.stream_subject = s.stream_subject AND n.position = s.applied_position + 1)
            """
        )
        return int(cursor.rowcount)


def free_what_healed(at: datetime) -> int:
    """Un-park what waited for a live trust list, or for a type that this program understands by now."""
    known = sorted(installation.installed().inbound)
    list_alive = not installation.keys().trust().is_expired(at)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE exchange_inbound SET state = 'stored', reason = NULL, parked_at = NULL, params = '{}'
            WHERE state = 'parked' AND ((reason = %s AND %s) OR (reason = %s AND type = ANY(%s)))
            """,
            [LIST_EXPIRED, list_alive, NOT_UNDERSTOOD, known],
        )
        return int(cursor.rowcount)


__all__ = ["apply_due", "apply_stream", "free_what_healed", "install", "note_gaps", "reopen"]
