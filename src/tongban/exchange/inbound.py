"""Giving stored messages their effect: one stream at a time, in order, each exactly once.

The handler's transaction and the mark "applied" are two commits. A crash between them runs the handler again, so
handlers are idempotent. A message that cannot be applied blocks its own stream and no other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from tongban.config import config
from tongban.journal import clock, crash
from tongban.journal.vault import sealer
from tongban.kernel.problems import Refusal
from tongban_wire.envelope import Envelope, open_envelope
from tongban_wire.problems import WireProblem
from tongban_wire.words import NotUnderstood

from . import installation
from .actions.receiving import LIST_EXPIRED, NOT_UNDERSTOOD
from .events import PermanentRefusal
from .leases import holder
from .rules import crash_points
from .rules.retry import APPLY_TRIES, backoff
from .rules.streams import InboundState, Move, next_move

log = structlog.get_logger(__name__)

LEASE: Final = "60 seconds"
PAGE: Final = 50
TEMPORARY: Final = frozenset({"state.stale", "node.unavailable", "node.internal"})
"""Refusals of a handler that time may heal: somebody else wrote at the same moment."""


def install(table: Mapping[str, installation.Handler]) -> None:
    """Plug in the inbound table: message type → handler(message, envelope)."""
    installation.install(inbound=dict(table))


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    position: int
    state: str
    type: str
    tries: int


def apply_stream(sender: str, stream_subject: str) -> int:
    """Apply what can be applied now; returns how many messages were. Nothing if another worker is at it."""
    worker = holder()
    done = 0
    while True:
        applied = _claim(sender, stream_subject, worker, clock.now())
        if applied is None:
            return done
        crash.point(crash_points.STREAM_CLAIMED)
        count = _run(sender, stream_subject, worker, applied)
        done += count
        if not _arrived_meanwhile(sender, stream_subject):
            return done


def _run(sender: str, subject: str, worker: str, applied: int) -> int:
    """Walk the stream from ``applied`` on until it idles, gaps, blocks or fails; releases the lease."""
    done, rows = 0, _open_rows(sender, subject)
    while True:
        move = next_move(applied, {row.position: InboundState(row.state) for row in rows.values()})
        if move.move is Move.APPLY:
            row = rows.pop(move.position)
            at = clock.now()
            outcome = _apply(row)
            if outcome is None:
                crash.point(crash_points.HANDLED)
                if not _mark_applied(row, sender, subject, worker, at):
                    return done  # the lease ran out: another worker goes on
                crash.point(crash_points.APPLIED)
                applied, done = move.position, done + 1
                continue
            _note_trouble(row, sender, subject, worker, at, outcome)
            return done
        if len(rows) == 0:
            rows = _open_rows(sender, subject)
            if any(row.position == applied + 1 for row in rows.values()):
                continue
        if move.move is Move.GAP:
            log.info("stream_waits_for_gap", sender=sender, missing=move.missing)
            _mark_waiting(sender, subject, applied)
        _release(sender, subject, worker)
        return done


@dataclass(frozen=True, slots=True)
class _Trouble:
    code: str
    permanent: bool
    params: Mapping[str, Any]


def _apply(row: _Row) -> _Trouble | None:
    """Open the stored evidence once more and hand it to its handler. None: it took effect."""
    try:
        envelope = reopen(row.seq)
        if installation.keys().trust().is_expired(clock.now()):
            return _Trouble(LIST_EXPIRED, True, {})
        handler = installation.installed().inbound.get(envelope.message.type)
        if handler is None or isinstance(envelope.message, NotUnderstood):
            return _Trouble(NOT_UNDERSTOOD, True, {"type": row.type})
        structlog.contextvars.bind_contextvars(traceparent=envelope.traceparent, message=str(envelope.id))
        handler(envelope.message, envelope)
    except PermanentRefusal as refusal:
        return _Trouble(refusal.code, True, refusal.params)
    except Refusal as refusal:
        return _Trouble(refusal.code, refusal.code not in TEMPORARY, refusal.params)
    except WireProblem as problem:
        return _Trouble(problem.code, not problem.retry, {"detail": problem.detail})
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job itself comes back
    except Exception as error:  # a poison message must not stop its neighbours
        log.warning("message_not_applied", type=row.type, error=type(error).__name__, exc_info=row.tries >= 2)
        return _Trouble(f"node.internal:{type(error).__name__}", False, {})
    finally:
        structlog.contextvars.unbind_contextvars("traceparent", "message")
    return None


def reopen(seq: int) -> Envelope:
    """The envelope of a stored message, verified again against the bytes that are stored. Raises ``WireProblem``."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.sender, i.message_id, i.jws, i.received_at, p.sealed_parts
            FROM exchange_inbound i LEFT JOIN exchange_inboundpersonal p USING (sender, message_id) WHERE i.seq = %s
            """,
            [seq],
        )
        sender, message_id, jws, received_at, sealed = cursor.fetchone()
    parts = sealer().open(bytes(sealed), bound_to=f"{sender}/{message_id}") if sealed is not None else {}
    raw = json.dumps({"jws": jws, "parts": parts}).encode()
    trust = installation.keys().trust()
    return open_envelope(raw, trust, receiver=config().node_id, at=received_at, erased_ok=True)


def _claim(sender: str, subject: str, worker: str, at: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE exchange_inboundstream SET leased_by = %s, leased_until = now() + %s::interval
            WHERE sender = %s AND stream_subject = %s AND (leased_until IS NULL OR leased_until < now())
              AND (next_at IS NULL OR next_at <= %s)
            RETURNING applied_position
            """,
            [worker, LEASE, sender, subject, at],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _release(sender: str, subject: str, worker: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_inboundstream SET leased_by = NULL, leased_until = NULL"
            " WHERE sender = %s AND stream_subject = %s AND leased_by = %s",
            [sender, subject, worker],
        )


def _arrived_meanwhile(sender: str, subject: str) -> bool:
    """Whether the next position came between the last look and the release; its own job found the stream leased."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 1 FROM exchange_inboundstream s JOIN exchange_inbound i
              ON i.sender = s.sender AND i.stream_subject = s.stream_subject AND i.position = s.applied_position + 1
            WHERE s.sender = %s AND s.stream_subject = %s AND i.state IN ('stored', 'waiting_gap')
              AND s.next_at IS NULL AND s.leased_until IS NULL
            """,
            [sender, subject],
        )
        return cursor.fetchone() is not None


def _open_rows(sender: str, subject: str) -> dict[int, _Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT seq, position, state, type, tries FROM exchange_inbound
            WHERE sender = %s AND stream_subject = %s AND state <> 'applied' ORDER BY position LIMIT %s
            """,
            [sender, subject, PAGE],
        )
        return {row[1]: _Row(*row) for row in cursor.fetchall()}


def _mark_applied(row: _Row, sender: str, subject: str, worker: str, at: datetime) -> bool:
    """Message and stream move on in one statement, and only under our lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH stream AS (
              UPDATE exchange_inboundstream
              SET applied_position = %(position)s, failures = 0, next_at = NULL,
                  leased_until = now() + %(lease)s::interval
              WHERE sender = %(sender)s AND stream_subject = %(subject)s AND leased_by = %(worker)s
                AND applied_position = %(position)s - 1
              RETURNING 1
            )
            UPDATE exchange_inbound SET state = 'applied', applied_at = %(at)s, last_error = NULL
            WHERE seq = %(seq)s AND EXISTS (SELECT 1 FROM stream)
            """,
            {
                "position": row.position, "lease": LEASE, "sender": sender, "subject": subject, "worker": worker,
                "at": at, "seq": row.seq,
            },
        )  # fmt: skip
        return bool(cursor.rowcount == 1)


def _mark_waiting(sender: str, subject: str, applied: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_inbound SET state = 'waiting_gap'"
            " WHERE sender = %s AND stream_subject = %s AND state = 'stored' AND position > %s",
            [sender, subject, applied + 1],
        )


def _note_trouble(row: _Row, sender: str, subject: str, worker: str, at: datetime, trouble: _Trouble) -> None:
    """Park what will never work or has failed too often; otherwise pause the stream. Releases the lease."""
    tries = row.tries + 1
    park = trouble.permanent or tries >= APPLY_TRIES
    code = trouble.code[:200]
    pause = None if park else at + backoff(tries, random.random())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH message AS (
              UPDATE exchange_inbound
              SET tries = %(tries)s, last_error = %(code)s, state = CASE WHEN %(park)s THEN 'parked' ELSE state END,
                  reason = CASE WHEN %(park)s THEN %(code)s END, params = %(params)s::jsonb,
                  parked_at = CASE WHEN %(park)s THEN %(at)s::timestamptz END
              WHERE seq = %(seq)s AND state <> 'applied'
            )
            UPDATE exchange_inboundstream
            SET failures = failures + 1, next_at = %(pause)s, leased_by = NULL, leased_until = NULL
            WHERE sender = %(sender)s AND stream_subject = %(subject)s AND leased_by = %(worker)s
            """,
            {
                "tries": tries, "code": code, "park": park, "params": json.dumps(dict(trouble.params), default=str),
                "at": at, "seq": row.seq, "pause": pause, "sender": sender, "subject": subject, "worker": worker,
            },
        )  # fmt: skip
    if park:
        log.error("message_parked", type=row.type, sender=sender, reason=code)


def due_streams(at: datetime, limit: int = 200) -> list[tuple[str, str]]:
    """Streams whose next position is here and which nobody works at: what a lost job would have left behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT i.sender, i.stream_subject FROM exchange_inbound i JOIN exchange_inboundstream s
              ON s.sender = i.sender AND s.stream_subject = i.stream_subject AND i.position = s.applied_position + 1
            WHERE i.state IN ('stored', 'waiting_gap') AND (s.next_at IS NULL OR s.next_at <= %s)
              AND (s.leased_until IS NULL OR s.leased_until < now())
            LIMIT %s
            """,
            [at, limit],
        )
        return [(sender, subject) for sender, subject in cursor.fetchall()]


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


__all__ = ["apply_stream", "due_streams", "free_what_healed", "install", "reopen"]
