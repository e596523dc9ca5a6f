"""Whatever the network does: every message is applied exactly once and in the order of its stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from tongban.exchange.rules.streams import Arrival, InboundState, Move, NextMove, Verdict, judge, next_move

STREAMS = ("filing:1", "filing:2")
NODES = ("63", "14")


class Sent(NamedTuple):
    """A message on its way."""

    to: str
    stream: str
    arrival: Arrival


@dataclass
class Receiver:
    """The receiver's tables in memory, moved by the same rules that move the real ones."""

    stored: dict[str, dict[int, Arrival]] = field(default_factory=lambda: defaultdict(dict))
    states: dict[str, dict[int, InboundState]] = field(default_factory=lambda: defaultdict(dict))
    by_id: dict[str, tuple[str, Arrival]] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    effects: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def take(self, stream: str, arrival: Arrival) -> Verdict:
        known = self.by_id.get(arrival.message_id)
        verdict = judge(
            arrival, same_id=known[1] if known else None, same_position=self.stored[stream].get(arrival.position)
        )
        if verdict is Verdict.NEW:
            self.stored[stream][arrival.position] = arrival
            self.states[stream][arrival.position] = InboundState.STORED
            self.by_id[arrival.message_id] = (stream, arrival)
        return verdict

    def work(self, stream: str, poison: Collection[str] = ()) -> NextMove:
        while True:
            move = next_move(self.applied[stream], self.states[stream])
            if move.move is not Move.APPLY:
                return move
            if self.stored[stream][move.position].message_id in poison:
                self.states[stream][move.position] = InboundState.PARKED
                continue
            self.effects[stream].append(move.position)
            self.states[stream][move.position] = InboundState.APPLIED
            self.applied[stream] = move.position


@dataclass
class Sender:
    """The sender's tables in memory. Rows survive a restart; what a courier holds in its hands does not."""

    told: dict[tuple[str, str], list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    pending: list[Sent] = field(default_factory=list)

    def tell(self, to: str, stream: str) -> Sent:
        position = len(self.told[to, stream]) + 1
        name = f"{to}/{stream}/{position}"
        sent = Sent(to, stream, Arrival(name, f"bytes of {name}", position))
        self.told[to, stream].append(sent.arrival)
        self.pending.append(sent)
        return sent

    def receipted(self, sent: Sent) -> None:
        if sent in self.pending:
            self.pending.remove(sent)


class Delivery(RuleBasedStateMachine):
    """One sender, two destinations, and between them a network that loses, doubles, delays and reorders.

    Either side may restart at any moment: messages in the air, answers on their way and transactions not committed are
    gone then, rows are not. A message may be poison until an operator has replayed it.
    """

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.sender = Sender()
        self.receivers = {to: Receiver() for to in NODES}
        self.flying: list[Sent] = []
        self.answers: list[Sent] = []
        self.poison: set[str] = set()
        self.dead: set[str] = set()

    @rule(
        target=sent, to=st.sampled_from(NODES), stream=st.sampled_from(STREAMS), count=st.integers(1, 3),
        poison=st.integers(0, 9),
    )  # fmt: skip
    def tell(self, to: str, stream: str, count: int, poison: int) -> Any:
        told = [self.sender.tell(to, stream) for _ in range(count)]
        if poison == 0:
            self.poison.add(told[0].arrival.message_id)
        return multiple(*told)

    @rule(to=st.sampled_from(NODES), take=st.integers(0, 20))
    def send_a_batch(self, to: str, take: int) -> None:
        self.flying.extend([sent for sent in self.sender.pending if sent.to == to][:take])

    @rule(data=st.data(), answer=st.sampled_from(["comes back", "is on its way", "is lost"]), then=st.booleans())
    def something_arrives(self, data: st.DataObject, answer: str, then: bool) -> None:
        """Whichever it is: order is not the network's business. ``then``: the worker is quick."""
        sent = self._one_of(data, self.flying)
        if sent is None or sent.to in self.dead:
            return
        verdict = self.receivers[sent.to].take(sent.stream, sent.arrival)
        assert verdict in (Verdict.NEW, Verdict.DUPLICATE)
        if answer == "comes back":
            self.sender.receipted(sent)
        elif answer == "is on its way":
            self.answers.append(sent)
        if then:
            self.receivers[sent.to].work(sent.stream, self.poison)

    @rule(data=st.data())
    def an_answer_arrives_late(self, data: st.DataObject) -> None:
        if (sent := self._one_of(data, self.answers)) is not None:
            self.sender.receipted(sent)

    @rule(data=st.data())
    def something_is_lost(self, data: st.DataObject) -> None:
        self._one_of(data, self.flying)

    @rule(sent=sent)
    def an_old_copy_turns_up(self, sent: Sent) -> None:
        self.flying.append(sent)

    @rule(sent=sent)
    def a_forger_reuses_an_id_or_a_position(self, sent: Sent) -> None:
        receiver, stream, arrival = self.receivers[sent.to], sent.stream, sent.arrival
        if sent.to not in self.dead and receiver.take(stream, arrival) in (Verdict.NEW, Verdict.DUPLICATE):
            assert receiver.take(stream, Arrival(arrival.message_id, "other", arrival.position)) == "id_reused"
            assert receiver.take(stream, Arrival("new", "other", arrival.position)) == "position_taken"

    @rule(to=st.sampled_from(NODES), stream=st.sampled_from(STREAMS))
    def the_worker_works(self, to: str, stream: str) -> None:
        if to not in self.dead:
            self.receivers[to].work(stream, self.poison)

    @rule(to=st.sampled_from(NODES), stream=st.sampled_from(STREAMS))
    def the_worker_dies_before_its_commit(self, to: str, stream: str) -> None:
        """All that it did in its transaction is as if it had not been."""
        lost = deepcopy(self.receivers[to])
        lost.work(stream, self.poison)

    @rule()
    def the_sender_restarts(self) -> None:
        self.flying, self.answers = [], []

    @rule(to=st.sampled_from(NODES), dead=st.integers(0, 3).map(lambda n: n == 0))
    def a_receiver_goes_away_or_comes_back(self, to: str, dead: bool) -> None:
        self.dead = self.dead | {to} if dead else self.dead - {to}

    @rule(to=st.sampled_from(NODES), stream=st.sampled_from(STREAMS))
    def an_operator_replays(self, to: str, stream: str) -> None:
        states = self.receivers[to].states[stream]
        for position, state in states.items():
            if state is InboundState.PARKED:
                self.poison.discard(self.receivers[to].stored[stream][position].message_id)
                states[position] = InboundState.STORED

    @rule(to=st.sampled_from(NODES))
    def one_destination_is_served_to_the_end_whatever_the_other_does(self, to: str) -> None:
        """No rule of one destination needs the other: everything told to this one arrives while that may be dead."""
        if to in self.dead:
            return
        for sent in [sent for sent in self.sender.pending if sent.to == to]:
            self.receivers[to].take(sent.stream, sent.arrival)
            self.sender.receipted(sent)
        for stream in STREAMS:
            move = self.receivers[to].work(stream, self.poison)
            told = self.sender.told[to, stream]
            blocked = next((a.position for a in told if a.message_id in self.poison), len(told) + 1)
            assert move.move is (Move.IDLE if blocked > len(told) else Move.BLOCKED), (
                "a poison message stops its stream"
            )
            assert self.receivers[to].effects[stream] == list(range(1, blocked)), "and nothing before it, and no other"

    @invariant()
    def effects_are_a_prefix_of_what_was_told(self) -> None:
        for to, receiver in self.receivers.items():
            for stream in STREAMS:
                effects = receiver.effects[stream]
                assert effects == list(range(1, len(effects) + 1))
                assert len(effects) <= len(self.sender.told[to, stream])

    @invariant()
    def what_is_not_pending_is_stored(self) -> None:
        """A receipt is only given for what is kept, so nothing that was told is nowhere."""
        for (to, stream), told in self.sender.told.items():
            pending = {
                sent.arrival.message_id for sent in self.sender.pending if (sent.to, sent.stream) == (to, stream)
            }
            kept = {arrival.message_id for arrival in self.receivers[to].stored[stream].values()}
            assert {arrival.message_id for arrival in told} <= pending | kept

    def teardown(self) -> None:
        self.dead = set()
        for to in NODES:
            for stream in STREAMS:
                self.an_operator_replays(to, stream)
        self.poison = set()
        for to in NODES:
            self.one_destination_is_served_to_the_end_whatever_the_other_does(to)

    @staticmethod
    def _one_of(data: st.DataObject, where: list[Sent]) -> Sent | None:
        """Take any one out."""
        return where.pop(data.draw(st.integers(0, len(where) - 1))) if where else None


TestDelivery = pytest.mark.req("R-124")(Delivery.TestCase)
TestDelivery.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)


@pytest.mark.req("R-124")
def test_a_gap_names_what_is_missing():
    stored = {4: InboundState.STORED, 7: InboundState.WAITING_GAP}
    assert next_move(1, stored) == NextMove(Move.GAP, 2, (2, 4))


def test_a_parked_message_blocks_its_stream_even_if_later_ones_are_here():
    stored = {2: InboundState.PARKED, 3: InboundState.STORED}
    assert next_move(1, stored).move is Move.BLOCKED
