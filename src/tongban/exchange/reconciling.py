"""Asking senders for what is missing, and comparing accounts with them.

Both go by signed GET requests to the sender's gate, answered only to the stream's receiver. What comes back are the
very messages, and they go through the same door as if they had been posted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

import structlog
from django.db import connection

from tongban.config import config
from tongban.journal import clock
from tongban_wire.envelope import STREAM_SUBJECT
from tongban_wire.requests import sign_request

from . import installation
from .actions import alarming
from .actions.receiving import accept_batch
from .blobs import DIGEST
from .ports import CarrierError
from .rules.heads import Head, Verdict, ask_again_after, compare

log = structlog.get_logger(__name__)

STREAMS: Final = "/gate/v1/streams"
ROUNDS: Final = 10_000
"""Most pages of one comparison; a sender that never ends is not followed for ever."""


@dataclass(slots=True)
class Report:
    """What a comparison with one peer found."""

    peer: str
    streams: int = 0
    same: int = 0
    fetched: int = 0
    still_missing: int = 0
    contradictions: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.still_missing or self.contradictions or self.forgotten)


def reconcile(peer: str) -> Report:
    """Compare every stream that ``peer`` sends us, fetch what is missing, raise an alarm on what contradicts.

    Raises :class:`CarrierError` if the peer does not answer.
    """
    report, after, known = Report(peer), "", _last_arrival()
    for _ in range(ROUNDS):
        page = ask(peer, STREAMS, after=after)
        heads = _heads(page)
        upto = heads[-1][0] if page.get("next") and heads else None
        report.forgotten += sorted(_held(peer, after, upto, known) - {subject for subject, _ in heads})
        for subject, head in heads:
            report.streams += 1
            _compare(report, subject, head)
        if not page.get("next") or not heads:
            break
        after = heads[-1][0]
    _alarms(report)
    log.info("reconciled", peer=peer, streams=report.streams, fetched=report.fetched, clean=report.clean)
    return report


def _compare(report: Report, subject: str, head: Head) -> None:
    ours = _our_digests(report.peer, subject)
    verdict = compare(head, ours)
    if verdict is Verdict.BEHIND:
        report.fetched += fetch(report.peer, subject, len(ours) + 1)
        ours = _our_digests(report.peer, subject)
        verdict = compare(head, ours)
        if verdict is Verdict.BEHIND:
            report.still_missing += head.last - len(ours)
            return
    if verdict is Verdict.CONTRADICTION:
        report.contradictions.append(subject)
    elif verdict is Verdict.FORGOTTEN:
        report.forgotten.append(subject)
    else:
        report.same += 1


def _alarms(report: Report) -> None:
    for word, subjects in (("contradiction", report.contradictions), ("forgotten", report.forgotten)):
        kind = f"stream_{word}"
        if subjects:
            alarming.ensure_raised(kind, report.peer, {"streams": len(subjects), "first": subjects[0]})
        else:
            alarming.ensure_cleared(kind, report.peer)


def fetch(peer: str, subject: str, first: int, stop: int | None = None) -> int:
    """Ask ``peer`` for messages of a stream from ``first`` (until before ``stop``); returns how many are new here."""
    new, position = 0, first
    for _ in range(ROUNDS):
        if stop is not None and position >= stop:
            break
        raws = [json.dumps(m).encode() for m in ask(peer, f"{STREAMS}/{subject}", first=position).get("messages", [])]
        if not raws:
            break
        answers = accept_batch(raws, clock.now())
        new += sum(answer.receipt is not None and not answer.duplicate for answer in answers)
        position += len(raws)
    return new


def fill_gaps(limit: int = 20) -> int:
    """Ask for what is missing below stored messages, each gap ever more slowly; returns how many came."""
    at, came = clock.now(), 0
    for sender, subject, applied, asks, behind in _gaps(at, limit):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_inboundstream SET asks = asks + 1, ask_at = %s"
                " WHERE sender = %s AND stream_subject = %s",
                [_later(at, asks + 1), sender, subject],
            )
        if sender == config().node_id:
            continue
        try:
            came += fetch(sender, subject, applied + 1, behind)
        except CarrierError as error:
            log.info("gap_not_filled", sender=sender, code=error.code)
    return came


def _later(at: datetime, asks: int) -> datetime:
    return at + timedelta(seconds=ask_again_after(asks))


def _gaps(at: datetime, limit: int) -> list[tuple[str, str, int, int, int]]:
    """(sender, subject, applied, asks, first position that is here beyond the gap) of gaps due to be asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.sender, s.stream_subject, s.applied_position, s.asks, min(i.position)
            FROM exchange_inbound i JOIN exchange_inboundstream s USING (sender, stream_subject)
            WHERE i.state = 'waiting_gap' AND i.received_at < %s - interval '5 seconds'
              AND (s.ask_at IS NULL OR s.ask_at <= %s)
            GROUP BY 1, 2, 3, 4 HAVING NOT EXISTS (
              SELECT 1 FROM exchange_inbound n WHERE n.sender = s.sender AND n.stream_subject = s.stream_subject
                AND n.position = s.applied_position + 1)
            ORDER BY min(i.received_at) LIMIT %s
            """,
            [at, at, limit],
        )
        return list(cursor.fetchall())


def ask(peer: str, path: str, **query: Any) -> Mapping[str, Any]:
    """A signed GET at the peer's gate. Only nodes on the trust list have an address."""
    entry = installation.keys().trust().node(peer)
    if entry is None:
        raise CarrierError("peer.not_on_trust_list", detail=peer)
    full = f"{path}?{urlencode(query)}"
    authorization = sign_request(installation.keys().my_key(), "GET", full, clock.now(), uuid4().hex, receiver=peer)
    return installation.carrier().get(entry.address, full, authorization=authorization)


def _heads(page: Mapping[str, Any]) -> list[tuple[str, Head]]:
    try:
        return [(s["subject"], _head(s["subject"], s["last"], s["digest"])) for s in page["streams"]]
    except (KeyError, TypeError, ValueError):
        raise CarrierError("peer.answer_unreadable", detail="streams") from None


def _head(subject: str, last: int, digest: str) -> Head:
    """Raises TypeError and ValueError for what is no head: it goes into addresses, alarms and mails."""
    if not STREAM_SUBJECT.fullmatch(subject) or not DIGEST.fullmatch(digest):
        raise ValueError("no stream")
    if type(last) is not int or not 1 <= last < 2**31:
        raise ValueError("no position")
    return Head(last, digest)


def _last_arrival() -> int:
    """The number of the newest message here: what came before the question, the sender must name in its answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM exchange_inbound")
        return int(cursor.fetchone()[0])


def _held(sender: str, after: str, upto: str | None, known: int) -> set[str]:
    """The streams of ``sender`` behind ``after``, as far as ``upto``, of which we hold the beginning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream_subject FROM exchange_inbound WHERE sender = %(sender)s AND position = 1"
            " AND seq <= %(known)s AND stream_subject > %(after)s"
            " AND (%(upto)s::text IS NULL OR stream_subject <= %(upto)s)",
            {"sender": sender, "after": after, "upto": upto, "known": known},
        )
        return {subject for (subject,) in cursor.fetchall()}


def _our_digests(sender: str, subject: str) -> list[str]:
    """Our digests of positions 1… as far as there is no gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, digest FROM exchange_inbound WHERE sender = %s AND stream_subject = %s ORDER BY position",
            [sender, subject],
        )
        found: list[str] = []
        for position, digest in cursor.fetchall():
            if position != len(found) + 1:
                break
            found.append(digest)
        return found
