"""The acts around day books: keep a day of ours and tell it, keep a peer's, record that a peer contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tongban.exchange.events import DayClosed, DayContradicted, PeerDayKept
from tongban.journal import daybook
from tongban.journal import queries as journal
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban_wire.daybook import DayBook, book_digest, subject_of
from tongban_wire.messages import DayBookClosed as BookMessage


@action
def close_day(
    act: Act, book: DayBook, signed: str, facts: Sequence[UUID], told: tuple[str, ...], time_stamp: str | None
) -> date:
    """Keep a closed day with its leaves and tell it, in one transaction. Unchanged if another worker was first."""
    if not daybook.keep(book, signed, facts):
        raise Unchanged(book.day)
    if time_stamp is not None:
        daybook.keep_stamp(book.day, time_stamp, act.at)
    record(
        DayClosed(
            subject_id=subject_of(book.node), day=book.day, digest=book_digest(signed), facts=book.facts,
            root=book.root, signed=signed, time_stamp=time_stamp, told=told,
        )
    )  # fmt: skip
    return book.day


@action
def keep_peer_day(act: Act, message: BookMessage, message_id: UUID) -> UUID:
    """Keep a closed day of a peer. Unchanged if it is kept already."""
    if daybook.peer_book(message.node, message.day) is not None:
        raise Unchanged(message_id)
    daybook.keep_peer_book(
        message.node, message.day, message.day_book, time_stamp=message.time_stamp, message_id=message_id, at=act.at
    )
    record(PeerDayKept(subject_id=subject_of(message.node), node=message.node, day=message.day, digest=message.digest))
    return message_id


@action
def note_contradiction(act: Act, message: BookMessage, message_id: UUID, code: str) -> UUID:
    """The alarm, once per message, however often it is replayed."""
    subject = subject_of(message.node)
    for fact in journal.facts(DayContradicted.subject_type, subject, with_personal=False):
        if fact.name == DayContradicted.name and fact.body.get("message_id") == str(message_id):
            raise Unchanged(message_id)
    kept = daybook.peer_book(message.node, message.day)
    record(
        DayContradicted(
            subject_id=subject, node=message.node, day=message.day, code=code, kept=kept.digest if kept else None,
            offered=message.digest, message_id=message_id,
        )
    )  # fmt: skip
    return message_id
