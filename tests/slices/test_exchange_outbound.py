"""Messages leave with the fact, in order, signed once; what cannot be delivered waits visibly."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.peers import ME, TRACEPARENT, address_of, an_act, closed, ground, light, not_accepted, sweep, trust_list

from tongban.exchange import actions, courier, installation, queries, reactions, signing
from tongban.exchange.models import Destination, Outbound, OutboundPersonal
from tongban.exchange.ports import CarrierError
from tongban.journal import clock, worker
from tongban.journal import queries as journal
from tongban.journal.action import action, record
from tongban.kernel.problems import Refusal
from tongban_wire import jws
from tongban_wire.keys import SigningKey

__all__ = ["ground"]
pytestmark = pytest.mark.django_db
THREADS = 2


@pytest.fixture
def later():
    """Moves the node's clock; put back afterwards."""
    yield lambda **ago: clock.set_offset(timedelta(**ago))
    clock.set_offset(timedelta())


@pytest.mark.req("R-124")
def test_a_fact_reaches_the_other_node_with_its_place_in_the_chain(ground):
    lantern = uuid4()
    light(an_act(), lantern, to=["63"])
    worker.drain()
    (envelope,) = ground.peer.order
    head = journal.head("lantern", lantern)
    assert (envelope.sender, envelope.position, envelope.stream_subject) == (ME, 1, f"filing:{lantern}")
    assert (envelope.chain.digest, envelope.chain.position) == (head.digest, 1)
    assert envelope.traceparent == TRACEPARENT
    row = Outbound.objects.get()
    assert row.state == "delivered"
    assert ground.receipt(row.receipt).message_id == row.message_id
    assert queries.outbound_state(f"filing:{lantern}") == []


def test_an_action_that_fails_leaves_no_message(ground):
    from tests.peers import LanternTold

    @action
    def light_and_fail(act):
        record(LanternTold(subject_id=uuid4(), to=("63",), stream_subject=f"filing:{uuid4()}"))
        raise Refusal("state.stale")

    with pytest.raises(Refusal):
        light_and_fail(an_act())
    sweep()
    assert Outbound.objects.count() == 0
    assert ground.peer.order == []


def test_positions_are_gap_free_for_each_receiver_and_subject(ground):
    first, second = uuid4(), uuid4()
    for _ in range(3):
        light(an_act(), first, to=["63"])
    light(an_act(), second, to=["63", "14"])
    light(an_act(), first, to=["14"])
    ground.add_peer("14")
    worker.drain()
    assert [(e.stream_subject, e.position) for e in ground.peer.order] == [
        (f"filing:{first}", 1), (f"filing:{first}", 2), (f"filing:{first}", 3), (f"filing:{second}", 1),
    ]  # fmt: skip
    fourteen = Outbound.objects.filter(receiver="14").order_by("seq").values_list("stream_subject", "position")
    assert list(fourteen) == [(f"filing:{second}", 1), (f"filing:{first}", 1)]


def test_facts_not_meant_for_the_receiver_show_as_digests_only(ground):
    lantern = uuid4()
    for to in (["63"], [], [], ["63"], [], ["63"]):
        light(an_act(), lantern, to=to)
    worker.drain()
    digests = [fact.digest for fact in journal.facts("lantern", lantern)]
    assert [e.skipped for e in ground.peer.order] == [(), tuple(digests[1:3]), (digests[4],)]
    assert ground.peer.order[1].chain.previous == digests[2]


def test_the_personal_part_is_kept_apart_sealed_and_can_be_erased(ground):
    light(an_act(), uuid4(), to=["63"], message=not_accepted())
    worker.drain()
    assert ground.peer.order[0].message.personal == {"texts": {"out_of_scope": "李梅的从业资格证已注销"}}
    row = Outbound.objects.get()
    assert "李梅" not in json.dumps([row.data, row.chain, row.jws], ensure_ascii=False)
    kept = OutboundPersonal.objects.get()
    assert "李梅".encode() not in bytes(kept.sealed) + bytes(kept.sealed_parts)
    assert kept.retention == "case"
    kept.delete()
    assert Outbound.objects.get().digest == ground.peer.order[0].digest


def test_a_message_is_signed_once_and_a_lost_answer_does_no_harm(ground, later):
    ground.carrier.lose_answers = 1
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    assert Outbound.objects.get().state == "pending"
    later(minutes=2)
    sweep()
    assert Outbound.objects.get().state == "delivered"
    assert (len(ground.peer.order), ground.peer.duplicates) == (1, 1)


@pytest.mark.req("R-124")
def test_while_a_peer_is_down_messages_wait_in_order_and_pages_can_say_so(ground, later):
    ground.cut("63")
    lantern = uuid4()
    many = signing.BATCH + 10
    for _ in range(many):
        light(an_act(), lantern, to=["63"])
    worker.drain()
    waiting = queries.outbound_state(f"filing:{lantern}")
    assert [w.position for w in waiting] == list(range(1, many + 1))
    assert {w.receiver for w in waiting} == {"63"}
    assert waiting[0].last_error == "peer.unreachable"
    assert waiting[0].tries == 1
    (peer,) = queries.peers()
    assert (peer.node, peer.pending, peer.failures, peer.reachable) == ("63", many, 1, False)
    attempts = len(ground.carrier.posts)
    sweep()
    assert len(ground.carrier.posts) == attempts, "it was tried again before its pause was over"
    ground.mend("63")
    later(days=3)
    sweep()
    assert [e.position for e in ground.peer.order] == list(range(1, many + 1))
    assert [size for _, size, _ in ground.carrier.posts[attempts:]] == [1, signing.BATCH, 9], "one goes ahead"
    (peer,) = queries.peers()
    assert (peer.pending, peer.failures, peer.reachable) == (0, 0, True)


def test_a_dead_peer_does_not_delay_another(ground):
    ground.cut("63")
    fourteen = ground.add_peer("14")
    light(an_act(), uuid4(), to=["63", "14"])
    worker.drain()
    assert len(fourteen.order) == 1
    assert Outbound.objects.get(receiver="63").state == "pending"


@pytest.mark.req("R-124")
@pytest.mark.django_db(transaction=True)
def test_peers_that_never_answer_use_up_no_thread_that_others_need(ground):
    """As many hang as there are threads for, and more; whoever answers is served all the same, at once."""
    hanging = [f"5{n}" for n in range(THREADS + 2)]
    keys = {**ground.all_keys, **{node: SigningKey.generate(node) for node in hanging}}
    ground.keys.list = trust_list(keys, at=clock.now() - timedelta(minutes=1))
    over, served = threading.Event(), threading.Event()
    genuine = ground.peer.gate

    def hang(raws):
        over.wait(60)
        raise CarrierError("peer.timeout")

    def answer(raws):
        found = genuine(raws)
        served.set()
        return found

    ground.carrier.gates.update({address_of(node): hang for node in hanging})
    ground.carrier.gates[address_of("63")] = answer
    light(an_act(), uuid4(), to=hanging)
    Destination.objects.update(failures=3)  # they did not answer before either
    light(an_act(), uuid4(), to=["63"])
    installation.install(threads=THREADS)
    try:
        reactions.send_due()
        assert served.wait(30), "the one that answers waited for those that do not"
        assert not over.is_set()
    finally:
        over.set()
        couriers_rest()
        installation.install(threads=0)
    assert Outbound.objects.get(receiver="63").state == "delivered"
    assert Outbound.objects.exclude(receiver="63").exclude(state="pending").count() == 0


def couriers_rest() -> None:
    """Wait until the courier's own threads have nothing to do, and end them."""
    for pool in courier._pools.values():
        pool.shutdown(wait=True)
    courier._pools.clear()


def test_a_message_that_makes_its_receiver_stumble_lets_the_others_pass(ground, later):
    """The peer answers every POST that holds it with an error of its own, so no answer ever names it."""
    genuine, kind = ground.peer.gate, not_accepted().type

    def stumble(raws):
        if any(kind in jws.payload_of(json.loads(raw)["jws"]).decode() for raw in raws):
            raise CarrierError("peer.status", detail="500")
        return genuine(raws)

    ground.carrier.gates[address_of("63")] = stumble
    light(an_act(), uuid4(), to=["63"], message=not_accepted())
    for _ in range(5):
        light(an_act(), uuid4(), to=["63"])
    for minute in range(1, 20):
        later(minutes=2 * minute)
        sweep()
    assert len(ground.peer.order) == 5
    (waiting,) = Outbound.objects.exclude(state="delivered")
    assert (waiting.type, waiting.state, waiting.last_error) == (kind, "pending", "peer.status")


def test_a_refusal_for_good_is_parked_with_its_reason_and_holds_up_nothing_else(ground):
    ground.peer.refuse[not_accepted().type] = {"code": "message.malformed", "whose": "sender", "retry": False}
    lantern = uuid4()
    light(an_act(), lantern, to=["63"], message=not_accepted())
    light(an_act(), uuid4(), to=["63"])
    light(an_act(), lantern, to=["63"])
    worker.drain()
    (parked,) = queries.parked_outbound()
    assert (parked.peer, parked.reason, parked.position) == ("63", "message.malformed", 1)
    assert len(ground.peer.order) == 2
    assert queries.peers()[0].reachable


def test_an_operator_sends_a_parked_message_again_and_that_is_a_fact(ground):
    kind = not_accepted().type
    ground.peer.refuse[kind] = {"code": "message.malformed", "whose": "sender", "retry": False}
    light(an_act(), uuid4(), to=["63"], message=not_accepted())
    worker.drain()
    (parked,) = queries.parked_outbound()
    del ground.peer.refuse[kind]
    actions.replay_outbound(an_act(), parked.message_id)
    worker.drain()
    assert queries.parked_outbound() == []
    assert Outbound.objects.get().state == "delivered"
    (fact,) = journal.facts("message", parked.message_id)
    assert (fact.name, fact.body["parked_reason"]) == ("exchange.outbound_replayed", "message.malformed")
    with pytest.raises(Refusal, match=r"request\.not_found"):
        actions.replay_outbound(an_act(), parked.message_id)


def test_a_message_refused_for_now_waits_alone(ground, later):
    kind = not_accepted().type
    ground.peer.refuse[kind] = {"code": "power.not_allowed", "whose": "sender", "retry": True}
    light(an_act(), uuid4(), to=["63"], message=not_accepted())
    worker.drain()
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    assert len(ground.peer.order) == 1
    assert Outbound.objects.get(type=kind).state == "pending"
    del ground.peer.refuse[kind]
    later(minutes=2)
    sweep()
    assert Outbound.objects.get(type=kind).state == "delivered"


def test_a_receipt_for_something_else_does_not_count(ground):
    genuine = ground.peer.gate

    def swapped(raws):
        return list(reversed(genuine(raws)))

    ground.carrier.gates[address_of("63")] = swapped
    light(an_act(), uuid4(), to=["63"])
    light(an_act(), uuid4(), to=["63"])
    Destination.objects.update(leased_by=None, leased_until=None)
    courier.deliver("63")
    assert {row.state for row in Outbound.objects.all()} == {"pending"}
    assert {row.last_error for row in Outbound.objects.all()} == {"receipt.other_message"}


def test_a_destination_is_served_by_one_courier_at_a_time(ground):
    from tongban.exchange import peers

    light(an_act(), uuid4(), to=["63"])
    assert peers.claim("63", "another courier", clock.now())
    assert courier.deliver("63") == 0
    peers.release("63", "another courier")
    assert courier.deliver("63") == 1


@pytest.mark.parametrize("column", ["jws", "receipt", "data", "position", "digest"])
def test_what_was_said_cannot_be_changed_in_the_table(ground, column):
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    value = {"position": "position + 1", "data": "'{}'::jsonb"}.get(column, f"{column} || 'x'")
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE exchange_outbound SET {column} = {value}")


def test_messages_are_not_deleted(ground):
    light(an_act(), uuid4(), to=["63"])
    with pytest.raises(IntegrityError, match="not deleted"), transaction.atomic():
        Outbound.objects.all().delete()


def test_numbers_for_operators_follow_the_queue(ground):
    ground.cut("63")
    light(an_act(), uuid4(), to=["63"], message=closed())
    assert queries.depth()["outbound_pending"] == 1
    worker.drain()
    assert queries.depth()["peers_failing"] == 1
