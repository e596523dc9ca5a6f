"""Order within a stream, duplicates and gaps, as seen by the receiver.

A stream is (sender, receiver, subject). The sender numbers its messages 1, 2, 3 … without gaps (decision 3). Whatever
the network does, the receiver applies each position exactly once and in order; what comes too early waits, and is
never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What an arriving message is, compared with what is stored already."""

    NEW = "new"
    DUPLICATE = "duplicate"  # the same bytes again: answered with the first receipt
    ID_REUSED = "id_reused"  # the same message id with other bytes: the sender contradicts itself
    POSITION_TAKEN = "position_taken"  # another message already stands at this position


@dataclass(frozen=True, slots=True)
class Arrival:
    """The identity of an arriving message. ``content`` is the digest of the signed bytes."""

    message_id: str
    content: str
    position: int


def judge(arrival: Arrival, *, same_id: Arrival | None, same_position: Arrival | None) -> Verdict:
    """Compare an arrival with the stored message of the same id and with the one at the same position of its stream."""
    if same_id is not None:
        same = same_id.content == arrival.content and same_id.position == arrival.position
        return Verdict.DUPLICATE if same else Verdict.ID_REUSED
    if same_position is not None:
        return Verdict.POSITION_TAKEN
    return Verdict.NEW


class InboundState(StrEnum):
    """Where a stored inbound message stands."""

    STORED = "stored"
    WAITING_GAP = "waiting_gap"
    APPLIED = "applied"
    PARKED = "parked"


class Move(StrEnum):
    """What a stream allows next."""

    APPLY = "apply"
    IDLE = "idle"  # nothing is stored beyond the applied position
    GAP = "gap"  # something later is stored, the next position is not
    BLOCKED = "blocked"  # the next position is parked


@dataclass(frozen=True, slots=True)
class NextMove:
    """``position`` is the next position; with a gap, ``missing`` is the half-open range (first, stop) not yet here."""

    move: Move
    position: int
    missing: tuple[int, int] | None = None


def next_move(applied: int, stored: Mapping[int, InboundState]) -> NextMove:
    """The one thing to do in a stream of which ``applied`` positions are done and ``stored`` are here, unapplied."""
    position = applied + 1
    later = [p for p in stored if p > applied and stored[p] is not InboundState.APPLIED]
    state = stored.get(position)
    if state is InboundState.PARKED:
        return NextMove(Move.BLOCKED, position)
    if state in (InboundState.STORED, InboundState.WAITING_GAP):
        return NextMove(Move.APPLY, position)
    if not later:
        return NextMove(Move.IDLE, position)
    return NextMove(Move.GAP, position, (position, min(later)))
