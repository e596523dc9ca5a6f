"""Day books between nodes: closing each day, telling the peers, keeping theirs, and noticing a past that changes.

Five minutes after midnight in Shanghai the facts of the day are put under one root, signed and told to every node on
the trust list. A peer's receipt for that message is its countersignature. A second, different book of one day is never
kept in place of the first: its effect is an alarm, recorded as a fact, and its signed bytes stay among the received
messages, where they prove by themselves that the sender rewrote its past. The stream goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog

from tongban.config import config
from tongban.journal import clock, daybook
from tongban.journal.values import ChainHeader
from tongban.kernel.events import Event
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, system
from tongban_wire.daybook import (
    book_digest,
    check_kept,
    close,
    end_of,
    open_day_book,
    seal_day_book,
    stream_of,
)
from tongban_wire.envelope import Envelope
from tongban_wire.messages import DayBookClosed as BookMessage
from tongban_wire.problems import WireProblem
from tongban_wire.stamps import read_time_stamp
from tongban_wire.strict import b64url

from . import observing, outages, timestamping
from .actions import alarming
from .actions.daybooks import close_day, keep_peer_day, note_contradiction
from .events import DayClosed, Outgoing, PermanentRefusal
from .installation import keys
from .rules.outage import Dependency

log = structlog.get_logger(__name__)

AFTER_MIDNIGHT: Final = timedelta(minutes=5)
"""How long a day stays open for facts that were being written at midnight."""

ALARMS: Final = frozenset({"day_book.contradiction", "day_book.not_consecutive"})


# ---- our own days ----------------------------------------------------------------------------------------------


def close_days() -> int:
    """Close every day that is over, oldest first; returns how many. A node that was away closes what it missed."""
    try:
        trust = keys().trust()
    except LookupError:
        return 0  # not enrolled: nobody to tell, no key anybody knows
    me, closed = config().node_id, 0
    entry = trust.node(me)
    told = tuple(n.node for n in trust.nodes if n.node != me) if entry and entry.may(BookMessage.TYPE) else ()
    while True:
        day, at = daybook.next_day(), clock.now()
        if day is None or at < end_of(day) + AFTER_MIDNIGHT:
            return closed
        found = daybook.unbooked(end_of(day))
        last = daybook.last_book()
        book, leaves = close(me, day, (leaf for leaf, _ in found), previous=last.digest if last else None, closed_at=at)
        assert list(leaves) == [leaf for leaf, _ in found], "both are in the order of the tree"
        signed = seal_day_book(book, keys().my_key())
        token = _stamp(signed)
        if token is None and outages.is_closed(Dependency.TIME_STAMPER):
            return closed  # the policy wants no day closed unstamped
        close_day(Act(system(NodeId(me)), at), book, signed, [fact for _, fact in found], told, token)
        closed += 1


def tell_closed(event: DayClosed, header: ChainHeader) -> list[Outgoing]:
    """To every node that was on the trust list when the day closed."""
    me = config().node_id
    message = BookMessage(
        node=me, day=event.day, digest=event.digest, day_book=event.signed, time_stamp=event.time_stamp
    )
    return [Outgoing(NodeId(node), stream_of(me), message, retention="evidence") for node in event.told]


def _stamp(signed: str) -> str | None:
    """A token over the signed book, if a stamper is installed and answers; a day closes without one as well."""
    stamper = timestamping.stamper()
    if stamper is None:
        return None
    data = signed.encode("ascii")
    try:
        token = stamper.stamp(data)
        read_time_stamp(token, data, stamper.certificate)
    except timestamping.StamperUnavailable as unavailable:
        log.warning("day_book_not_stamped", code=str(unavailable))
        observing.note(Dependency.TIME_STAMPER, clock.now(), str(unavailable))
        return None
    except WireProblem as problem:
        log.error("day_book_stamp_wrong", code=problem.code)
        observing.note(Dependency.TIME_STAMPER, clock.now(), problem.code)
        return None
    observing.note(Dependency.TIME_STAMPER, clock.now(), None)
    return b64url(token)


def stamp_days() -> int:
    """Have the days stamped that closed while the stamper was away; returns how many."""
    done = 0
    if timestamping.stamper() is None:
        return done
    for book in daybook.unstamped():
        token = _stamp(book.signed)
        if token is None:
            return done
        done += daybook.keep_stamp(book.day, token, clock.now())
    return done


# ---- the peers' days -------------------------------------------------------------------------------------------


def hear_closed(message: BookMessage, envelope: Envelope) -> None:
    """A peer closed a day: verify, compare with what we keep, keep. A contradiction is recorded as an alarm instead."""
    try:
        book = open_day_book(message.day_book, keys().trust())
        said = (message.node, message.day, message.digest)
        if said != (book.node, book.day, book_digest(message.day_book)) or book.node != envelope.sender:
            raise WireProblem("day_book.malformed", "another book than the message says")
        new = check_kept(lambda day: _kept(book.node, day), message.day_book, book)
    except WireProblem as problem:
        if problem.retry:
            raise
        if problem.code in ALARMS:
            _alarm(message, envelope, problem)
            return
        raise PermanentRefusal(problem.code, day=message.day.isoformat(), detail=problem.detail) from problem
    if new:
        keep_peer_day(_act(envelope), message, envelope.id)


def _alarm(message: BookMessage, envelope: Envelope, problem: WireProblem) -> None:
    log.error("day_book_contradiction", node=message.node, day=message.day.isoformat(), code=problem.code)
    note_contradiction(_act(envelope), message, envelope.id, problem.code)
    alarming.ensure_raised(
        "day_contradicted", message.node,
        {"day": message.day.isoformat(), "code": problem.code, "message_id": str(envelope.id)},
    )  # fmt: skip


def _kept(node: str, day: date) -> str | None:
    found = daybook.peer_book(node, day)
    return found.signed if found else None


def _act(envelope: Envelope) -> Act:
    return Act(system(NodeId(config().node_id)), _now(), traceparent=envelope.traceparent)


def _now() -> datetime:
    return clock.now()


def duties() -> None:
    """The periodic duty: close what is over, then stamp what is not stamped."""
    close_days()
    stamp_days()


INBOUND: Final[Mapping[str, Callable[[Any, Any], None]]] = {BookMessage.TYPE: hear_closed}
TELLERS: Final[Mapping[type[Event], Sequence[Callable[[Any, ChainHeader], list[Outgoing]]]]] = {
    DayClosed: [tell_closed]
}
PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {"exchange.day_books": (60.0, duties)}
