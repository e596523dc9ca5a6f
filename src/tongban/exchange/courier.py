"""The courier: takes what is pending to its destination, in batches, several destinations at once.

For one destination: lease it, sign what is unsigned, POST up to twenty messages, store the receipts, go on until
nothing is pending, release. A failure of the whole batch pauses the destination; a refusal for good parks the one
message. The rows are the memory: a killed courier loses nothing, and what it had sent is answered as a duplicate.
A message to ourselves goes the same way and into the same door, without the network (loop-back).
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

import structlog
from django.db import connection

from tongban.config import config
from tongban.journal import clock, crash
from tongban_wire.envelope import open_receipt
from tongban_wire.problems import WireProblem
from tongban_wire.trust import TrustList

from . import installation, peers, signing
from .actions.receiving import accept_batch
from .leases import holder
from .ports import Carrier, CarrierError
from .rules import crash_points
from .rules.retry import Attempt, Fate, backoff, fate, read_answer

log = structlog.get_logger(__name__)

ANSWERED: Final = frozenset({"peer.status", "peer.answer_unreadable"})
"""Failures of a peer that is there."""

WINDOW: Final = 3
"""Full batches on their way to one destination at once."""


def deliver(receiver: str) -> int:
    """Send everything pending for one destination, in this thread; returns how many messages were delivered.

    Returns at once if another courier serves it or its pause is not over.
    """
    courier = holder()
    delivered = 0
    while peers.claim(receiver, courier, clock.now()):
        crash.point(crash_points.CLAIMED)
        try:
            delivered += _serve(receiver, courier)
        finally:
            peers.release(receiver, courier)
        if receiver not in peers.due(clock.now()):
            break  # nothing came between our last look and the release
    return delivered


def _serve(receiver: str, courier: str) -> int:
    """Batch after batch until nothing is pending or the peer fails. The lease is ours when this begins.

    Up to :data:`WINDOW` full batches are on their way at once, so that both ends and both databases work; the receiver
    keeps the order of streams whatever comes first. After a failure one single message goes ahead to try the peer.
    """
    delivered, trying = 0, peers.failures(receiver) > 0
    on_the_way: deque[tuple[list[signing.Ready], Future[Sequence[Mapping[str, Any]]]]] = deque()
    while not _stopping.is_set():
        while len(on_the_way) < (1 if trying else WINDOW):
            after = on_the_way[-1][0][-1].seq if on_the_way else 0
            most, key = 1 if trying else signing.BATCH, installation.keys().my_key()
            batch = signing.next_batch(receiver, key, clock.now(), after=after, most=most, least_tried=trying)
            if batch:
                crash.point(crash_points.SIGNED)
                on_the_way.append((batch, _send(receiver, batch, alone=not on_the_way and len(batch) < signing.BATCH)))
            if len(batch) < signing.BATCH:
                break
        if not on_the_way:
            return delivered
        done, good = _finish(receiver, courier, *on_the_way.popleft())
        delivered += done
        if not good:
            for batch, posted in on_the_way:  # what is on its way may have arrived; its receipts are worth having
                delivered += _finish(receiver, courier, batch, posted)[0]
            return delivered
        trying = False
    for batch, posted in on_the_way:
        delivered += _finish(receiver, courier, batch, posted)[0]
    return delivered


def _finish(
    receiver: str, courier: str, batch: Sequence[signing.Ready], posted: Future[Sequence[Mapping[str, Any]]]
) -> tuple[int, bool]:
    """Wait for the answers to a batch and store them. Returns (delivered, whether to go on)."""
    try:
        answers = posted.result()
    except CarrierError as error:
        at = clock.now()
        # Alone, and the peer is there: it may be this message that it stumbles over, so that waits longer and longer.
        pause = backoff(batch[0].tries + 1, random.random()) if len(batch) == 1 and error.code in ANSWERED else None
        next_at = at + pause if pause else None
        signing.note_refusals([signing.Refused(ready.seq, error.code, next_at=next_at) for ready in batch], at)
        peers.note_failure(receiver, courier, at, str(error))
        log.warning("peer_not_reached", peer=receiver, code=error.code, pending=len(batch))
        return 0, False
    crash.point(crash_points.SENT)
    at = clock.now()
    done, temporary, held = _settle(receiver, courier, batch, answers, at)
    crash.point(crash_points.DELIVERED)
    if temporary:
        peers.note_failure(receiver, courier, at, temporary)
    return done, held and not temporary


def _send(receiver: str, batch: Sequence[signing.Ready], *, alone: bool) -> Future[Sequence[Mapping[str, Any]]]:
    """Set a batch on its way. ``alone``: nothing else is to be done meanwhile, so in this thread."""
    posted: Future[Sequence[Mapping[str, Any]]] = Future()
    raws = [ready.raw for ready in batch]
    if receiver == config().node_id:
        _fulfil(posted, lambda: [answer.as_json() for answer in accept_batch(raws, clock.now())])
        return posted
    entry = installation.keys().trust().node(receiver)
    if entry is None:
        posted.set_exception(CarrierError("peer.not_on_trust_list", detail=receiver))
        return posted
    carry = partial(_carry, installation.carrier(), entry.address, raws, batch[0].traceparent)
    if alone or installation.installed().threads == 0:
        _fulfil(posted, carry)
    else:
        threading.Thread(target=_fulfil, args=(posted, carry), name=f"post-{receiver}", daemon=True).start()
    return posted


def _fulfil(posted: Future[Sequence[Mapping[str, Any]]], work: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
    try:
        posted.set_result(work())
    except BaseException as error:
        posted.set_exception(error)


def _carry(
    carrier: Carrier, address: str, raws: Sequence[bytes], traceparent: str | None
) -> Sequence[Mapping[str, Any]]:
    """Carries and nothing else: it runs in threads without a database."""
    answers = carrier.post(address, raws, traceparent=traceparent)
    if len(answers) != len(raws):
        raise CarrierError("peer.answer_unreadable", detail="one answer per message was expected")
    return answers


def _settle(
    receiver: str, courier: str, batch: Sequence[signing.Ready], answers: Sequence[Mapping[str, Any]], at: datetime
) -> tuple[int, str, bool]:
    """Store receipts and refusals.

    Returns (delivered, code of a trouble of the receiver as a whole or "", whether the lease is still ours).
    """
    trust = installation.keys().trust()
    receipts: list[tuple[int, str]] = []
    refusals: list[signing.Refused] = []
    temporary = ""
    for ready, answer in zip(batch, answers, strict=True):
        attempt = _checked(read_answer(answer), ready, receiver, trust, at)
        verdict = fate(attempt, ready.tries + 1)
        if verdict is Fate.DELIVERED and attempt.receipt is not None:
            receipts.append((ready.seq, attempt.receipt))
            continue
        code = attempt.code or "peer.answer_unreadable"
        if verdict is Fate.PARKED:
            log.error("outbound_parked", peer=receiver, message=str(ready.message_id), reason=code)
            refusals.append(signing.Refused(ready.seq, code, park=True))
        elif attempt.whose == "receiver":
            temporary = code
            refusals.append(signing.Refused(ready.seq, code))
        else:  # this message alone has to wait; its neighbours go on
            pause = backoff(ready.tries + 1, random.random())
            refusals.append(signing.Refused(ready.seq, code, next_at=at + pause))
    held = signing.note_receipts(receiver, courier, receipts, at)
    if refusals:
        signing.note_refusals(refusals, at)
    return len(receipts), temporary, held


def _checked(attempt: Attempt, ready: signing.Ready, receiver: str, trust: TrustList, at: datetime) -> Attempt:
    """A receipt counts only if the receiver signed it for exactly this message."""
    if attempt.receipt is None:
        return attempt
    try:
        receipt = open_receipt(attempt.receipt, trust, at)
    except WireProblem as problem:
        return Attempt(code=problem.code, whose="receiver", retry=True)
    ours = (ready.message_id, ready.digest, config().node_id, receiver, ready.stream_subject, ready.position)
    theirs = (
        receipt.message_id, receipt.digest, receipt.sender, receipt.receiver, receipt.stream_subject, receipt.position,
    )  # fmt: skip
    return attempt if ours == theirs else Attempt(code="receipt.other_message", whose="receiver", retry=True)


# --- several at once ----------------------------------------------------------------------------------------------


class Lane(StrEnum):
    """Threads of their own, so that waiting for a peer that does not answer holds up nobody who waits for another."""

    SEND = "send"  # to peers that answered last
    TRY = "try"  # to peers that did not
    FETCH = "fetch"  # attachments, gaps, accounts


@dataclass(slots=True)
class _Here:
    """How much was done in the caller's own thread since the process began."""

    delivered: int = 0


_here = _Here()
_pools: dict[Lane, ThreadPoolExecutor] = {}
_busy: set[str] = set()
_again: set[str] = set()
_lock = threading.Lock()
_stopping = threading.Event()


def delivered_here() -> int:
    """Messages delivered (and blobs fetched) without courier threads, since the process began."""
    return _here.delivered


def dismiss() -> None:
    """The process is about to end: finish what is in flight, begin nothing more."""
    _stopping.set()
    for pool in _pools.values():
        pool.shutdown(wait=False, cancel_futures=True)


def kick(name: str, work: Callable[[], object], lane: Lane) -> None:
    """Do ``work`` in the courier's own threads, so that a slow peer never holds up the journal's jobs.

    One at a time per ``name``; a kick while it runs makes it run once more. With no threads installed (tests, one-shot
    commands) it runs here and now. What is lost with the process is found again by the sweeper.
    """
    threads = installation.installed().threads
    if threads == 0:
        _here.delivered += int(work() or 0)  # type: ignore[call-overload]
        return
    with _lock:
        if _stopping.is_set():
            return
        if lane not in _pools:
            most = threads if lane is Lane.SEND else max(1, threads // 2)
            _pools[lane] = ThreadPoolExecutor(max_workers=most, thread_name_prefix=f"courier-{lane}")
        if name in _busy:
            _again.add(name)
            return
        _busy.add(name)
        future = _pools[lane].submit(_guarded, work)
    future.add_done_callback(lambda done: _finished(name, work, lane, done))


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:  # the sweeper comes again
        log.warning("courier_failed", error=type(error).__name__, exc_info=True)
    finally:
        connection.close()


def _finished(name: str, work: Callable[[], object], lane: Lane, _done: Future[None]) -> None:
    with _lock:
        _busy.discard(name)
        again = name in _again
        _again.discard(name)
    if again and not _stopping.is_set():
        kick(name, work, lane)
