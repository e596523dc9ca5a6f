"""What arrives is kept before it has an effect, receipted, and applied once and in order."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from tests.peers import ME, an_act, closed, ground, light, not_accepted, sweep, trust_list

from tongban.exchange import actions, installation, queries
from tongban.exchange.models import Destination, Inbound, InboundPersonal
from tongban.exchange.rules import retry
from tongban.journal import clock, worker
from tongban.journal import queries as journal
from tongban.journal.models import Fact, Job
from tongban.kernel.ids import new_id
from tongban.kernel.problems import Refusal
from tongban_wire.keys import SigningKey
from tongban_wire.messages import CaseClosed, CaseNotAccepted

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def later():
    yield lambda **ahead: clock.set_offset(timedelta(**ahead))
    clock.set_offset(timedelta())


@pytest.fixture
def subject() -> str:
    return f"filing:{uuid4()}"


def take(*raws: bytes) -> list[actions.Answer]:
    return actions.accept_batch(raws, clock.now())


def positions(ground) -> list[int]:
    return [envelope.position for _, envelope in ground.applied]


@pytest.mark.req("R-124")
def test_a_message_is_stored_receipted_and_then_applied(ground, subject):
    (answer,) = take(ground.peer.says(closed(), subject))
    row = Inbound.objects.get()
    assert (row.state, row.sender, ground.applied) == ("stored", "63", [])
    receipt = ground.receipt(answer.receipt)
    assert (receipt.message_id, receipt.digest, receipt.receiver) == (row.message_id, row.digest, ME)
    worker.drain()
    assert positions(ground) == [1]
    row.refresh_from_db()
    assert (row.state, row.applied_at is not None) == ("applied", True)


def test_evidence_that_cannot_be_written_gets_no_receipt(ground, subject):
    raw = ground.peer.says(closed(), subject)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exchange_inbound ADD CONSTRAINT full_disk CHECK (position > 1000) NOT VALID")
        with pytest.raises(IntegrityError), transaction.atomic():
            take(raw)
        cursor.execute("ALTER TABLE exchange_inbound DROP CONSTRAINT full_disk")
    assert Inbound.objects.count() == 0


@pytest.mark.req("R-124")
def test_a_duplicate_gets_the_first_receipt_and_no_second_effect(ground, subject, later):
    raw = ground.peer.says(closed(), subject)
    (first,) = take(raw)
    worker.drain()
    later(hours=1)
    (second,) = take(raw)
    sweep()
    assert second.duplicate
    assert second.receipt == first.receipt
    assert positions(ground) == [1]


def test_a_duplicate_within_one_batch_gets_the_same_receipt(ground, subject):
    raw = ground.peer.says(closed(), subject)
    first, second = take(raw, raw)
    assert first.receipt == second.receipt
    assert Inbound.objects.count() == 1


@pytest.mark.req("R-124")
def test_messages_out_of_order_wait_and_are_applied_in_order(ground, subject):
    one, two, three = (ground.peer.says(closed(), subject) for _ in range(3))
    take(three)
    worker.drain()
    assert Inbound.objects.get().state == "waiting_gap"
    take(two)
    worker.drain()
    assert ground.applied == []
    assert queries.depth()["inbound_waiting_gap"] == 2
    take(one)
    worker.drain()
    assert positions(ground) == [1, 2, 3]


def test_the_same_id_with_other_bytes_is_named_a_contradiction(ground, subject):
    message_id = new_id()
    take(ground.peer.says(closed(), subject, id=message_id))
    (answer,) = take(ground.peer.says(closed(), subject, id=message_id, position=1))
    assert (answer.code, answer.whose, answer.receipt) == ("message.id_reused", "sender", None)


def test_another_message_at_a_taken_position_is_named_a_contradiction(ground, subject):
    take(ground.peer.says(closed(), subject))
    (answer,) = take(ground.peer.says(closed(), subject, position=1))
    assert (answer.code, answer.whose) == ("message.position_taken", "sender")
    assert Inbound.objects.count() == 1


def test_a_bad_message_in_a_batch_does_not_spoil_its_neighbours(ground, subject):
    stranger = replace(ground.peer, key=SigningKey.generate("63"), positions={})
    good = ground.peer.says(closed(), subject)
    answers = take(b"{}", good, stranger.says(closed(), f"filing:{uuid4()}"), good[:-40] + good[-39:])
    assert [a.code for a in answers] == ["envelope.malformed", None, "key.unknown", answers[3].code]
    assert answers[3].receipt is None
    assert Inbound.objects.count() == 1


def test_a_message_for_another_node_is_refused(ground, subject):
    (answer,) = take(ground.peer.says(closed(), subject, receiver="14"))
    assert (answer.code, answer.whose) == ("envelope.wrong_receiver", "sender")


def test_an_unknown_type_is_stored_receipted_as_not_understood_and_taken_up_after_an_update(ground, subject):
    installation.install(inbound={})
    (answer,) = take(ground.peer.says(closed(), subject))
    assert answer.receipt is not None
    worker.drain()
    (parked,) = queries.parked_inbound()
    assert parked.reason == "message.type_unknown"
    sweep()
    assert len(queries.parked_inbound()) == 1
    installation.install(inbound={CaseClosed.TYPE: ground.hear})
    sweep()
    assert queries.parked_inbound() == []
    assert positions(ground) == [1]


def test_with_an_expired_trust_list_messages_are_stored_and_wait_for_a_new_one(ground, subject):
    now = datetime.now(UTC)
    ground.keys.list = trust_list(ground.all_keys, at=now - timedelta(days=40), days=30)
    (answer,) = take(
        ground.peer.says(closed(), subject),
    )
    assert answer.receipt is not None
    sweep()
    assert ground.applied == []
    assert queries.parked_inbound()[0].reason == "node.trust_list_expired"
    ground.keys.list = trust_list(ground.all_keys, at=now, version=2)
    sweep()
    assert positions(ground) == [1]


def test_a_poison_message_blocks_its_own_stream_and_no_other(ground, subject):
    def refuse(message, envelope):
        raise actions.PermanentRefusal("state.item_version_unknown", version=3)

    installation.install(inbound={**installation.installed().inbound, not_accepted().type: refuse})
    take(ground.peer.says(not_accepted(), subject), ground.peer.says(closed(), subject))
    take(ground.peer.says(closed(), f"filing:{uuid4()}"))
    worker.drain()
    assert len(ground.applied) == 1
    (parked,) = queries.parked_inbound()
    assert (parked.reason, parked.params, parked.held_back) == ("state.item_version_unknown", {"version": 3}, 1)
    installation.install(inbound={**installation.installed().inbound, not_accepted().type: ground.hear})
    actions.replay_inbound(an_act(), "63", parked.message_id)
    worker.drain()
    assert positions(ground) == [1, 1, 2]
    (fact,) = journal.facts("message", parked.message_id)
    assert fact.name == "exchange.inbound_replayed"


def test_a_handler_that_fails_is_tried_again_and_finally_parked(ground, subject, later):
    calls = []

    def stumble(message, envelope):
        calls.append(envelope.position)
        raise ZeroDivisionError

    installation.install(inbound={CaseClosed.TYPE: stumble})
    take(ground.peer.says(closed(), subject))
    worker.drain()
    assert (len(calls), queries.parked_inbound()) == (1, [])
    sweep()
    assert len(calls) == 1, "it was tried again before its pause was over"
    for turn in range(1, retry.APPLY_TRIES + 3):
        later(minutes=2 * turn)
        sweep()
    assert len(calls) == retry.APPLY_TRIES
    assert queries.parked_inbound()[0].reason == "node.internal:ZeroDivisionError"


def test_a_refusal_by_a_rule_parks_and_a_lost_race_does_not(ground, subject, later):
    refusals = [Refusal("state.stale"), Refusal("state.already_decided")]

    def refuse(message, envelope):
        raise refusals.pop(0)

    installation.install(inbound={CaseClosed.TYPE: refuse})
    take(ground.peer.says(closed(), subject))
    worker.drain()
    assert queries.parked_inbound() == []
    later(minutes=2)
    sweep()
    assert queries.parked_inbound()[0].reason == "state.already_decided"


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_another_worker_is_at_is_left_alone_and_others_are_not(ground, subject):
    take(ground.peer.says(closed(), subject))
    take(ground.peer.says(not_accepted(), f"filing:{uuid4()}"))
    params = connection.get_connection_params()
    known = {k: params[k] for k in ("dbname", "user", "password", "host", "port") if params.get(k)}
    with psycopg.connect(**known) as other:
        other.execute("SELECT 1 FROM exchange_inboundstream WHERE stream_subject = %s FOR UPDATE", [subject])
        sweep()
        assert [type(message) for message, _ in ground.applied] == [CaseNotAccepted]
    sweep()
    assert len(ground.applied) == 2


@pytest.mark.django_db(transaction=True)
def test_an_effect_and_the_mark_that_it_was_had_are_one_commit(ground, subject):
    """Two messages in one batch: the second fails after its action; the first stays, of the second nothing does."""

    def act_and_fail(message, envelope):
        light(an_act(), uuid4(), to=[])
        if isinstance(message, CaseClosed):
            raise ZeroDivisionError

    installation.install(inbound={CaseClosed.TYPE: act_and_fail, CaseNotAccepted.TYPE: act_and_fail})
    take(ground.peer.says(not_accepted(), subject), ground.peer.says(closed(), f"filing:{uuid4()}"))
    worker.drain()
    assert Fact.objects.count() == 1
    assert sorted(Inbound.objects.values_list("state", flat=True)) == ["applied", "stored"]


def test_what_a_killed_process_of_this_host_held_is_free_at_once_and_nobody_elses(ground):
    from tongban.exchange import leases
    from tongban.journal import jobs
    from tongban.journal import leases as journal_leases

    victim = subprocess.Popen([sys.executable, "-c", ""])
    victim.wait()
    host = leases.holder().partition(":")[0]
    light(an_act(), uuid4(), to=["63"])
    jobs.enqueue("any", "k", {})
    soon = datetime.now(UTC) + timedelta(minutes=1)
    for holder in ("elsewhere:1:1:x", leases.holder()):
        Destination.objects.update(leased_by=holder, leased_until=soon)
        Job.objects.update(leased_by=holder, leased_until=soon)
        assert (leases.free_the_dead(), journal_leases.free_the_dead()) == (0, 0)
    Destination.objects.update(leased_by=f"{host}:{victim.pid}:1:x", leased_until=soon)
    Job.objects.update(leased_by=f"{host}:{victim.pid}:0", leased_until=soon)
    assert journal_leases.free_the_dead() == 1
    Job.objects.all().delete()
    sweep()
    assert len(ground.peer.order) == 1


def test_the_personal_part_is_kept_sealed_apart_and_the_message_still_opens_when_it_is_erased(ground, subject):
    take(ground.peer.says(not_accepted(), subject))
    worker.drain()
    ((message, _),) = ground.applied
    assert message.personal == {"texts": {"out_of_scope": "李梅的从业资格证已注销"}}
    row, personal = Inbound.objects.get(), InboundPersonal.objects.get()
    assert "李梅" not in row.jws
    assert "李梅".encode() not in bytes(personal.sealed_parts)
    personal.delete()
    from tongban.exchange.inbound import reopen

    assert reopen(row.seq).personal_erased


@pytest.mark.req("R-248")
@pytest.mark.parametrize("column", ["jws", "receipt", "digest", "sender", "received_at"])
def test_what_was_received_cannot_be_changed_in_the_table(ground, subject, column):
    take(ground.peer.says(closed(), subject))
    value = "received_at + interval '1 day'" if column == "received_at" else f"{column} || 'x'"
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE exchange_inbound SET {column} = {value}")


def test_an_applied_message_never_becomes_unapplied(ground, subject):
    take(ground.peer.says(closed(), subject))
    worker.drain()
    with pytest.raises(IntegrityError, match="stays applied"), transaction.atomic():
        Inbound.objects.update(state="stored", applied_at=None)


def test_who_speaks_to_us_is_tried_again_at_once(ground, subject, later):
    ground.cut("63")
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    later(seconds=0.1)
    ground.mend("63")
    take(ground.peer.says(closed(), subject))
    sweep()
    assert len(ground.peer.order) == 1


@pytest.mark.req("R-124")
def test_a_node_tells_itself_through_the_same_border(ground):
    lantern = uuid4()
    light(an_act(), lantern, to=[ME])
    light(an_act(), lantern, to=[ME, "63"])
    worker.drain()
    assert positions(ground) == [1, 2]
    assert ground.applied[0][1].sender == ME
    assert [r.state for r in Inbound.objects.all()] == ["applied", "applied"]
    assert len(ground.peer.order) == 1
    assert all(address != f"https://node-{ME}.example" for address, _, _ in ground.carrier.posts)


def test_a_problem_answer_names_its_side_and_nothing_else(ground):
    (answer,) = take(b"not json")
    assert json.loads(json.dumps(answer.as_json())) == {
        "problem": {"code": answer.code, "whose": "sender", "retry": False}
    }


@pytest.mark.req("R-124")
@pytest.mark.django_db(transaction=True)
def test_a_message_that_the_database_can_never_take_does_not_stop_the_others(ground, subject, later):
    """A text too long for an index is an "operational" error like a deadlock, and is none."""

    def keep(message, envelope):
        light(an_act(), uuid4(), to=[])
        if isinstance(message, CaseNotAccepted):
            noise = "".join(str(uuid4()) for _ in range(120))  # nothing that compresses
            Destination.objects.create(node=noise)

    installation.install(inbound={CaseClosed.TYPE: keep, CaseNotAccepted.TYPE: keep})
    take(ground.peer.says(not_accepted(), subject), ground.peer.says(closed(), subject))
    take(ground.peer.says(closed(), f"filing:{uuid4()}"))
    worker.drain()
    assert sorted(Inbound.objects.values_list("state", flat=True)) == ["applied", "stored", "stored"]
    Inbound.objects.filter(tries=1).update(tries=retry.APPLY_TRIES - 1)  # many attempts later
    later(minutes=2)
    sweep()
    (parked,) = queries.parked_inbound()
    assert (parked.reason, parked.held_back) == ("node.internal:OperationalError", 1)
    assert Fact.objects.filter(name="lantern.told").count() == 1, "what it did before it failed is undone"
