"""Keeping day books: which facts belong to which day, the closed days of this node, and those of its peers.

A fact belongs to the day it was recorded on, by the database's clock. One that was still uncommitted when its day was
closed goes to the next book: nothing is left out, nothing stands twice. Signing and sending is the exchange's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tongban.kernel.sealing import Unsealable
from tongban_wire.daybook import DayBook, Leaf, book_digest, day_of, path_of
from tongban_wire.export import FactLine, InclusionLine
from tongban_wire.strict import write_instant

from . import chain, models
from .daybook_models import DayBook as DayBookRow
from .daybook_models import DayBookLeaf, DayBookStamp, PeerDayBook
from .vault import sealer

LONGEST_TRANSACTION: Final = timedelta(days=1)
"""No fact is committed longer than this after the database gave it its time."""


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A closed day: ``signed`` is the compact JWS, ``time_stamp`` an RFC 3161 token over it, if there is one."""

    node: str | None
    day: date
    signed: str
    digest: str
    facts: int | None = None
    root: str | None = None
    time_stamp: str | None = None


def last_book() -> KeptBook | None:
    """The newest closed day of this node."""
    row = DayBookRow.objects.order_by("-day").first()
    return _own(row) if row else None


def next_day() -> date | None:
    """The day to close next, over or not; None while there is no fact at all."""
    newest = DayBookRow.objects.order_by("-day").values_list("day", flat=True).first()
    if newest is not None:
        return newest + timedelta(days=1)
    first = models.Fact.objects.order_by("recorded_at").values_list("recorded_at", flat=True).first()
    return day_of(first) if first is not None else None


def unbooked(before: datetime) -> list[tuple[Leaf, UUID]]:
    """Facts recorded before an instant that stand in no book yet, in the order of the tree."""
    last = DayBookRow.objects.order_by("-closed_in_database_at").first()
    since = last.closed_in_database_at - LONGEST_TRANSACTION if last else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.subject_type, f.subject_id::text, f.position, f.digest, f.recorded_at, f.id
            FROM journal_fact f
            WHERE f.recorded_at < %(before)s AND (%(since)s::timestamptz IS NULL OR f.recorded_at >= %(since)s)
              AND NOT EXISTS (SELECT 1 FROM journal_daybookleaf l WHERE l.fact_id = f.id)
            """,
            {"before": before, "since": since},
        )
        return sorted((Leaf(*row[:5]), row[5]) for row in cursor.fetchall())


def keep(book: DayBook, signed: str, fact_ids: Sequence[UUID]) -> bool:
    """Write a closed day and its leaves, inside an action. False if another worker closed it first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH book AS (
              INSERT INTO journal_daybook (day, signed, digest, facts, root, closed_at, closed_in_database_at)
              VALUES (%(day)s, %(signed)s, %(digest)s, %(facts)s, %(root)s, %(closed_at)s, statement_timestamp())
              ON CONFLICT (day) DO NOTHING RETURNING day
            ), leaves AS (
              INSERT INTO journal_daybookleaf (fact_id, day, index)
              SELECT fact_id, book.day, n - 1 FROM book, unnest(%(ids)s::uuid[]) WITH ORDINALITY AS t(fact_id, n)
            )
            SELECT count(*) FROM book
            """,
            {
                "day": book.day, "signed": signed, "digest": book_digest(signed), "facts": book.facts,
                "root": book.root, "closed_at": book.closed_at, "ids": list(fact_ids),
            },
        )  # fmt: skip
        return bool(cursor.fetchone()[0])


def own_book(day: date) -> KeptBook | None:
    row = DayBookRow.objects.filter(day=day).first()
    return _own(row) if row else None


def unstamped(limit: int = 30) -> list[KeptBook]:
    """Closed days without a time-stamp, oldest first."""
    stamped = DayBookStamp.objects.values("day")
    return [_own(row) for row in DayBookRow.objects.exclude(day__in=stamped).order_by("day")[:limit]]


def keep_stamp(day: date, token: str, at: datetime) -> bool:
    """Add the token of a day, once. False if it had one."""
    return DayBookStamp.objects.get_or_create(day=day, defaults={"token": token, "stamped_at": at})[1]


def peer_book(node: str, day: date) -> KeptBook | None:
    """What another node sent as its closed day."""
    row = PeerDayBook.objects.filter(node=node, day=day).first()
    return _peers(row) if row else None


def peer_books(day: date) -> list[KeptBook]:
    return [_peers(row) for row in PeerDayBook.objects.filter(day=day).order_by("node")]


def keep_peer_book(
    node: str, day: date, signed: str, *, time_stamp: str | None, message_id: UUID, at: datetime
) -> None:
    """Keep another node's closed day, inside an action. The database refuses a second one for the same day."""
    PeerDayBook.objects.create(
        node=node, day=day, signed=signed, digest=book_digest(signed), time_stamp=time_stamp, message_id=message_id,
        kept_at=at,
    )  # fmt: skip


# ---- for files that are checked offline -----------------------------------------------------------------------


def fact_lines_of_day(day: date) -> Iterator[FactLine]:
    """The facts of a closed day as the tables hold them now."""
    yield from _lines(
        models.Fact.objects.filter(id__in=DayBookLeaf.objects.filter(day=day).values("fact_id")).order_by(
            "subject_type", "subject_id", "position"
        )
    )


def fact_lines_of_subject(subject_type: str, subject_id: UUID) -> Iterator[FactLine]:
    """A subject's whole chain as the tables hold it now."""
    yield from _lines(models.Fact.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("position"))


def inclusion_lines(subject_type: str, subject_id: UUID, node: str) -> Iterator[InclusionLine]:
    """For each fact of a subject that stands in a closed day: the way from it to that day's root."""
    ids = models.Fact.objects.filter(subject_type=subject_type, subject_id=subject_id).values("id")
    places = list(DayBookLeaf.objects.filter(fact_id__in=ids).order_by("day", "index"))
    for day in sorted({place.day for place in places}):
        leaves = _leaves(day)
        data = [leaf.data for leaf in leaves]
        for place in (place for place in places if place.day == day):
            if place.index >= len(leaves):
                continue  # a fact of that day is gone: the day itself no longer agrees with its root
            leaf = leaves[place.index]
            yield InclusionLine(
                node=node, day=day, fact=leaf.digest, recorded_at=leaf.recorded_at, index=place.index,
                facts=len(leaves), path=path_of(data, place.index),
            )  # fmt: skip


def _leaves(day: date) -> list[Leaf]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.subject_type, f.subject_id::text, f.position, f.digest, f.recorded_at
            FROM journal_daybookleaf l JOIN journal_fact f ON f.id = l.fact_id WHERE l.day = %s
            """,
            [day],
        )
        return sorted(Leaf(*row) for row in cursor.fetchall())


def _lines(rows: Any) -> Iterator[FactLine]:
    page: list[models.Fact] = []
    for row in rows.iterator(chunk_size=500):
        page.append(row)
        if len(page) == 500:
            yield from _page(page)
            page = []
    yield from _page(page)


def _page(rows: Sequence[models.Fact]) -> Iterator[FactLine]:
    ids = [row.id for row in rows if row.personal_digest]
    parts = {part.fact_id: part for part in models.FactPersonal.objects.filter(fact_id__in=ids)}
    for row in rows:
        part = parts.get(row.id)
        salt, personal = _open(part) if part else (None, None)
        yield FactLine(
            header=bytes(row.header).decode("utf-8", "backslashreplace"),
            digest=row.digest,
            recorded_at=row.recorded_at,
            body=chain.canonical(row.body).decode(),
            salt=salt,
            personal=personal,
            claims={
                "subject_type": row.subject_type, "subject_id": str(row.subject_id), "position": row.position,
                "name": row.name, "version": row.version, "actor": row.actor, "previous": row.previous,
                "personal_digest": row.personal_digest, "at": _at(row),
            },
        )  # fmt: skip


def _open(part: models.FactPersonal) -> tuple[str, str]:
    """Salt and personal part; empty texts, which agree with nothing, if they cannot be opened any more."""
    try:
        opened = sealer().open(bytes(part.sealed), bound_to=str(part.fact_id))
    except (Unsealable, ValueError):
        return "", ""
    return bytes(part.salt).hex(), chain.canonical(opened).decode()


def _at(row: models.Fact) -> str:
    """The column as the header spells it, if both name the same instant."""
    try:
        spelled = str(json.loads(bytes(row.header))["at"])
        if datetime.fromisoformat(spelled) == row.at:
            return spelled
    except (ValueError, KeyError, TypeError):
        pass
    return write_instant(row.at)


def _own(row: DayBookRow) -> KeptBook:
    token = DayBookStamp.objects.filter(day=row.day).values_list("token", flat=True).first()
    return KeptBook(None, row.day, row.signed, row.digest, row.facts, row.root, token)


def _peers(row: PeerDayBook) -> KeptBook:
    return KeptBook(row.node, row.day, row.signed, row.digest, time_stamp=row.time_stamp)
