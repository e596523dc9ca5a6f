"""Files for the offline verifier (``tongban-verify``): a subject's chain or a closed day, messages and receipts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import clock, daybook
from tongban.journal import queries as journal
from tongban.journal.vault import sealer
from tongban.kernel.sealing import Unsealable
from tongban_wire.daybook import end_of
from tongban_wire.export import BookLine, Head, Line, ListLine, MessageLine, write_export
from tongban_wire.strict import write_instant

from .events import DayClosed

CLOSED: Final = DayClosed.name


def export_day(day: date) -> Iterable[bytes]:
    """All facts of a closed day, its book and the peers' books of that day, and the messages of the day."""
    start, end = end_of(day) - timedelta(days=1), end_of(day)
    facts = "o.fact_id IN (SELECT fact_id FROM journal_daybookleaf WHERE day = %s)"
    book = f"o.fact_id IN (SELECT id FROM journal_fact WHERE name = '{CLOSED}' AND body->>'day' = %s) OR {facts}"  # noqa: S608 - constants
    lines: Iterable[Line] = chain(
        _trust_list(),
        daybook.fact_lines_of_day(day),
        _books([day]),
        _outbound(book, [day.isoformat(), day]),
        _inbound(
            "(i.received_at >= %s AND i.received_at < %s) OR (i.sender, i.message_id) IN"
            " (SELECT node, message_id FROM journal_peerdaybook WHERE day = %s)",
            [start, end, day],
        ),
    )
    return write_export(Head(node=config().node_id, made_at=clock.now(), day=day), lines)


def export_subject(subject_type: str, subject_id: UUID) -> Iterable[bytes]:
    """A subject's whole chain, the messages that reported it, and how it stands in closed days."""
    node = config().node_id
    inclusions = list(daybook.inclusion_lines(subject_type, subject_id, node))
    days = sorted({line.day for line in inclusions})
    own = "o.chain->>'subject_type' = %s AND o.chain->>'subject_id' = %s"
    closings = f"SELECT id FROM journal_fact WHERE name = '{CLOSED}' AND body->>'day' = ANY(%s)"  # noqa: S608 - constants
    told = f"({own}) OR o.fact_id IN ({closings})"
    lines: Iterable[Line] = chain(
        _trust_list(),
        daybook.fact_lines_of_subject(subject_type, subject_id),
        _books(days),
        inclusions,
        _outbound(told, [subject_type, str(subject_id), [day.isoformat() for day in days]]),
        _inbound("i.stream_subject = %s", [f"{subject_type}:{subject_id}"]),
    )
    head = Head(node=node, made_at=clock.now(), subject_type=subject_type, subject_id=subject_id)
    return write_export(head, lines)


def is_known(subject_type: str, subject_id: UUID) -> bool:
    """Whether this node has recorded anything about it."""
    return journal.head(subject_type, subject_id) is not None


def _trust_list() -> Iterator[ListLine]:
    """The list in force, so that the file can be checked with nothing but the root's fingerprint."""
    signed = directory.signed_trust_list()
    if signed is not None:
        yield ListLine(trust_list=signed.decode("ascii"))


def _books(days: Sequence[date]) -> Iterator[BookLine]:
    node = config().node_id
    for day in days:
        own = daybook.own_book(day)
        for book in [*([own] if own else []), *daybook.peer_books(day)]:
            claims: dict[str, Any] = {"node": book.node or node, "day": day.isoformat(), "digest": book.digest}
            if book.facts is not None:
                claims |= {"facts": book.facts, "root": book.root}
            yield BookLine(day_book=book.signed, time_stamp=book.time_stamp, claims=claims)


def _outbound(where: str, params: list[Any]) -> Iterator[MessageLine]:
    query = f"""
        SELECT o.message_id, o.receiver, o.stream_subject, o.position, o.type, o.digest, o.at, o.data, o.chain, o.jws,
               o.receipt, p.sealed_parts
        FROM exchange_outbound o LEFT JOIN exchange_outboundpersonal p USING (message_id)
        WHERE o.jws IS NOT NULL AND ({where}) ORDER BY o.seq
    """  # noqa: S608 - the condition is one of ours
    for row in _rows(query, params):
        chain_said = {n: v for n, v in _json(row["chain"]).items() if n != "previous" or v not in (None, "")}
        yield MessageLine(
            raw={"jws": row["jws"], "parts": _parts(row["sealed_parts"], str(row["message_id"]))},
            receipt=row["receipt"],
            claims={
                "id": str(row["message_id"]), "sender": config().node_id, "receiver": row["receiver"],
                "stream_subject": row["stream_subject"], "position": row["position"], "type": row["type"],
                "digest": row["digest"], "at": write_instant(row["at"]), "body": _canonical(_json(row["data"])),
                "chain": _canonical(chain_said),
            },
        )  # fmt: skip


def _inbound(where: str, params: list[Any]) -> Iterator[MessageLine]:
    query = f"""
        SELECT i.message_id, i.sender, i.stream_subject, i.position, i.type, i.digest, i.kid, i.jws, i.receipt,
               i.received_at, p.sealed_parts
        FROM exchange_inbound i LEFT JOIN exchange_inboundpersonal p USING (sender, message_id)
        WHERE {where} ORDER BY i.seq
    """  # noqa: S608 - the condition is one of ours
    for row in _rows(query, params):
        bound_to = f"{row['sender']}/{row['message_id']}"
        yield MessageLine(
            raw={"jws": row["jws"], "parts": _parts(row["sealed_parts"], bound_to)},
            receipt=row["receipt"],
            at=row["received_at"],
            claims={
                "id": str(row["message_id"]), "sender": row["sender"], "receiver": config().node_id,
                "stream_subject": row["stream_subject"], "position": row["position"], "type": row["type"],
                "digest": row["digest"], "kid": row["kid"],
            },
        )  # fmt: skip


def _rows(query: str, params: list[Any]) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column.name for column in cursor.description]
        while page := cursor.fetchmany(200):
            for values in page:
                yield dict(zip(names, values, strict=True))


def _parts(sealed: Any, bound_to: str) -> dict[str, Any]:
    """The personal part as it travelled; a text that agrees with nothing if it cannot be opened any more."""
    if sealed is None:
        return {}
    try:
        found: dict[str, Any] = sealer().open(bytes(sealed), bound_to=bound_to)
    except (Unsealable, ValueError):
        return {"personal": ""}
    return found


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
