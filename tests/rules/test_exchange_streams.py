"""Whatever the network does: every message is applied exactly once and in the order of its stream."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tongban.exchange.rules.streams import Arrival, InboundState, Move, NextMove, Verdict, judge, next_move

STREAMS = ("filing:1", "filing:2", "filing:3")


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

    def work(self, stream: str, *, poison: bool = False) -> NextMove:
        while True:
            move = next_move(self.applied[stream], self.states[stream])
            if move.move is not Move.APPLY:
                return move
            if poison:
                self.states[stream][move.position] = InboundState.PARKED
                poison = False
                continue
            self.effects[stream].append(move.position)
            self.states[stream][move.position] = InboundState.APPLIED
            self.applied[stream] = move.position


class Delivery(RuleBasedStateMachine):
    """A sender that retries until receipted, a network that drops, doubles, delays and reorders, one receiver."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.receiver = Receiver()
        self.told: dict[str, list[Arrival]] = defaultdict(list)
        self.pending: list[tuple[str, Arrival]] = []
        self.flying: list[tuple[str, Arrival]] = []

    @rule(target=sent, stream=st.sampled_from(STREAMS))
    def tell(self, stream: str) -> tuple[str, Arrival]:
        position = len(self.told[stream]) + 1
        arrival = Arrival(f"{stream}/{position}", f"bytes of {stream}/{position}", position)
        self.told[stream].append(arrival)
        self.pending.append((stream, arrival))
        return stream, arrival

    @rule(take=st.integers(0, 20))
    def send_a_batch(self, take: int) -> None:
        self.flying.extend(self.pending[:take])

    @rule(data=st.data())
    def something_arrives_and_its_answer_comes_back_or_not(self, data: st.DataObject) -> None:
        if not self.flying:
            return
        index = data.draw(st.integers(0, len(self.flying) - 1))
        message = self.flying.pop(index)
        verdict = self.receiver.take(*message)
        assert verdict in (Verdict.NEW, Verdict.DUPLICATE)
        if data.draw(st.booleans()) and message in self.pending:
            self.pending.remove(message)

    @rule(data=st.data())
    def something_is_lost(self, data: st.DataObject) -> None:
        if self.flying:
            self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))

    @rule(message=sent)
    def an_old_copy_turns_up(self, message: tuple[str, Arrival]) -> None:
        self.flying.append(message)

    @rule(message=sent)
    def a_forger_reuses_an_id_or_a_position(self, message: tuple[str, Arrival]) -> None:
        stream, arrival = message
        if self.receiver.take(stream, arrival) in (Verdict.NEW, Verdict.DUPLICATE):
            assert self.receiver.take(stream, Arrival(arrival.message_id, "other", arrival.position)) == "id_reused"
            assert self.receiver.take(stream, Arrival("new", "other", arrival.position)) == "position_taken"

    @rule(stream=st.sampled_from(STREAMS), poison=st.booleans())
    def the_worker_works(self, stream: str, poison: bool) -> None:
        self.receiver.work(stream, poison=poison)

    @rule(stream=st.sampled_from(STREAMS))
    def an_operator_replays(self, stream: str) -> None:
        for position, state in self.receiver.states[stream].items():
            if state is InboundState.PARKED:
                self.receiver.states[stream][position] = InboundState.STORED

    @invariant()
    def effects_are_a_prefix_of_what_was_told(self) -> None:
        for stream in STREAMS:
            effects = self.receiver.effects[stream]
            assert effects == list(range(1, len(effects) + 1))
            assert len(effects) <= len(self.told[stream])

    def teardown(self) -> None:
        for message in list(self.pending):
            self.receiver.take(*message)
        for stream in STREAMS:
            self.an_operator_replays(stream)
            assert self.receiver.work(stream).move is Move.IDLE
            assert self.receiver.effects[stream] == list(range(1, len(self.told[stream]) + 1))


TestDelivery = pytest.mark.req("R-124")(Delivery.TestCase)
TestDelivery.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.req("R-124")
def test_a_gap_names_what_is_missing():
    stored = {4: InboundState.STORED, 7: InboundState.WAITING_GAP}
    assert next_move(1, stored) == NextMove(Move.GAP, 2, (2, 4))


def test_a_parked_message_blocks_its_stream_even_if_later_ones_are_here():
    stored = {2: InboundState.PARKED, 3: InboundState.STORED}
    assert next_move(1, stored).move is Move.BLOCKED
