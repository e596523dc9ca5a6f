"""Keys change while messages travel: nothing is lost, nothing is doubled, and what was taken stays provable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from tests.peers import ME, Ground, an_act, closed, ground, light, sweep

from tongban.exchange import actions, stored
from tongban.exchange.models import Inbound, Outbound
from tongban.exchange.rules.evidence import judge_of
from tongban.exchange.rules.retry import TRIES_WHEN_DOUBTFUL
from tongban.journal import clock, worker
from tongban_wire.jws import read_header
from tongban_wire.keys import SigningKey
from tongban_wire.messages import CaseClosed
from tongban_wire.problems import WireProblem
from tongban_wire.trust import KeyEntry, Sunset, TrustList

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def subject() -> str:
    return f"filing:{uuid4()}"


def now() -> datetime:
    return datetime.now(UTC)


def listed(trust: TrustList, node: str, *keys: KeyEntry) -> TrustList:
    """The next list, on which ``node`` has these keys."""
    nodes = tuple(replace(n, keys=keys) if n.node == node else n for n in trust.nodes)
    return replace(trust, version=trust.version + 1, nodes=nodes)


def entry(key: SigningKey, since: timedelta = timedelta(days=-9), until: timedelta = timedelta(days=9)) -> KeyEntry:
    at = now()
    return KeyEntry(kid=key.kid, alg=key.alg, public=key.public.public, valid_from=at + since, valid_to=at + until)


def ended(key: SigningKey, ago: timedelta = timedelta(seconds=1)) -> KeyEntry:
    return entry(key, until=-ago)


def take(*raws: bytes) -> list[actions.Answer]:
    return actions.accept_batch(raws, clock.now())


def other_suite(key: SigningKey) -> str:
    return "SM2-SM3" if key.alg == "EdDSA" else "EdDSA"


def test_a_message_under_a_key_not_heard_of_yet_waits_for_the_next_list_and_loses_nothing(ground: Ground) -> None:
    """We rotate, from one suite to the other; the peer holds the older list until it fetches the next."""
    lantern = uuid4()
    old, new = ground.keys.key, SigningKey.generate(ME, other_suite(ground.keys.key))
    light(an_act(), lantern, to=["63"])
    worker.drain()
    ground.keys.list, ground.keys.key = listed(ground.keys.list, ME, entry(old), entry(new)), new
    light(an_act(), lantern, to=["63"])
    worker.drain()
    waiting = Outbound.objects.get(position=2)
    assert (waiting.state, waiting.last_error) == ("pending", "key.unknown")
    ground.peer.keys.list = ground.keys.list
    clock.set_offset(timedelta(minutes=5))
    sweep()
    assert [(e.position, e.kid) for e in ground.peer.order] == [(1, old.kid), (2, new.kid)]
    assert Outbound.objects.filter(state="delivered").count() == 2


def test_a_message_signed_with_a_key_that_was_revoked_before_it_arrived_is_sealed_anew(ground: Ground) -> None:
    lantern = uuid4()
    old, new = ground.keys.key, SigningKey.generate(ME)
    ground.cut("63")
    light(an_act(), lantern, to=["63"])
    worker.drain()
    first = Outbound.objects.get()
    assert read_header(first.jws).kid == old.kid
    ground.keys.list = ground.peer.keys.list = listed(ground.keys.list, ME, ended(old), entry(new))
    ground.keys.key = new
    ground.mend("63")
    for minutes in (5, 10):
        clock.set_offset(timedelta(minutes=minutes))
        sweep()
    (arrived,) = ground.peer.order
    assert (arrived.id, arrived.position, arrived.kid) == (first.message_id, 1, new.kid)
    row = Outbound.objects.get()
    assert (row.state, row.digest) == ("delivered", arrived.digest)
    assert arrived.digest != first.digest


def test_what_was_signed_is_never_replaced_for_another_reason(ground: Ground) -> None:
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    for change in ("jws = NULL, digest = NULL", "jws = NULL, digest = NULL, last_error = 'key.not_valid_then'"):
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE exchange_outbound SET {change}")


def test_a_message_under_a_revoked_key_is_refused_as_the_senders_fault_and_not_stored(
    ground: Ground, subject: str
) -> None:
    key = ground.peer.key
    ground.keys.list = listed(ground.keys.list, "63", ended(key))
    (answer,) = take(ground.peer.says(closed(), subject))
    assert (answer.code, answer.whose, answer.retry) == ("key.not_valid_then", "sender", True)
    assert Inbound.objects.count() == 0
    assert TRIES_WHEN_DOUBTFUL > 1  # the sender tries again, with another key, before an operator is asked


def test_a_key_announced_for_later_is_refused_until_then(ground: Ground, subject: str) -> None:
    new = SigningKey.generate("63", other_suite(ground.peer.key))
    ground.keys.list = listed(ground.keys.list, "63", entry(ground.peer.key), entry(new, since=timedelta(hours=1)))
    ground.peer.key = new
    raw = ground.peer.says(closed(), subject)
    assert take(raw)[0].code == "key.not_valid_then"
    clock.set_offset(timedelta(hours=1, seconds=1))
    assert take(raw)[0].receipt is not None


def test_a_receipt_that_was_lost_is_given_again_though_the_messages_key_has_ended_since(
    ground: Ground, subject: str
) -> None:
    raw = ground.peer.says(closed(), subject)
    (first,) = take(raw)
    ground.keys.list = listed(ground.keys.list, "63", ended(ground.peer.key))
    (again,) = take(raw)
    assert (again.receipt, again.duplicate) == (first.receipt, True)
    assert Inbound.objects.count() == 1
    (other,) = take(ground.peer.says(closed(), subject))  # but nothing new comes in under that key
    assert other.code == "key.not_valid_then"


def test_when_our_own_key_has_ended_a_duplicate_is_confirmed_anew_for_the_same_bytes(
    ground: Ground, subject: str
) -> None:
    raw = ground.peer.says(closed(), subject)
    (first,) = take(raw)
    old, new = ground.keys.key, SigningKey.generate(ME)
    ground.keys.list, ground.keys.key = listed(ground.keys.list, ME, ended(old), entry(new)), new
    (again,) = take(raw)
    before, after = ground.receipt(again.receipt or ""), Inbound.objects.get()
    assert after.receipt == first.receipt
    assert (before.message_id, before.digest) == (after.message_id, after.digest)
    assert read_header(again.receipt or "").kid == new.kid
    assert before.stored_at >= after.received_at


def test_what_took_effect_stays_provable_when_key_and_powers_are_taken_away(ground: Ground, subject: str) -> None:
    take(ground.peer.says(closed(), subject))
    worker.drain()
    row = Inbound.objects.get()
    then = ground.keys.list
    ground.keys.former.append((row.received_at - timedelta(days=1), then))
    for gone in (
        listed(then, "63", ended(ground.peer.key, timedelta(days=2))),
        replace(then, nodes=tuple(n for n in then.nodes if n.node != "63")),
        replace(then, nodes=tuple(replace(n, may_say=()) for n in then.nodes)),
    ):
        ground.keys.list = gone
        assert stored.reopen(row.seq).kid == ground.peer.key.kid
    ground.keys.former.clear()
    with pytest.raises(WireProblem):
        stored.reopen(row.seq)  # without the list that held then there is no proof


def test_a_revocation_that_reaches_back_keeps_what_has_not_taken_effect_from_having_one(
    ground: Ground, subject: str
) -> None:
    take(ground.peer.says(closed(), subject))
    ground.keys.former.append((now() - timedelta(days=1), ground.keys.list))
    ground.keys.list = listed(ground.keys.list, "63", ended(ground.peer.key, timedelta(days=2)))
    worker.drain()
    assert ground.applied == []
    row = Inbound.objects.get()
    assert (row.state, row.last_error) == ("stored", "key.not_valid_then")


def test_the_present_list_judges_what_waits_if_it_knows_the_key_and_the_former_one_what_is_done() -> None:
    key = SigningKey.generate("63")
    empty = TrustList(version=1, issued_at=now(), expires_at=now() + timedelta(days=1), nodes=())
    now_ = replace(empty, version=2)
    assert judge_of(now_, empty, key.kid, took_effect=True) is empty
    assert judge_of(now_, empty, key.kid, took_effect=False) is empty


def test_a_type_whose_last_day_is_over_is_refused_by_name_and_what_came_before_is_applied(
    ground: Ground, subject: str
) -> None:
    raw = ground.peer.says(closed(), subject)
    take(raw)
    sunset = Sunset(type=CaseClosed.TYPE, last_day=date(2026, 1, 1))
    ground.keys.list = replace(ground.keys.list, version=2, sunsets=(sunset,))
    (late,) = take(ground.peer.says(closed(), subject))
    assert (late.code, late.whose, late.retry) == ("message.retired", "sender", False)
    worker.drain()
    assert [envelope.position for _, envelope in ground.applied] == [1]


@pytest.mark.parametrize("said", ["cn.tongban.filing.*", "cn.tongban.case.opened/1", "cn.tongban.case.closed/2"])
def test_a_node_that_may_not_say_it_is_refused_before_anything_is_stored(
    ground: Ground, subject: str, said: str
) -> None:
    nodes = tuple(replace(n, may_say=(said,)) if n.node == "63" else n for n in ground.keys.list.nodes)
    ground.keys.list = replace(ground.keys.list, nodes=nodes)
    (answer,) = take(ground.peer.says(closed(), subject))
    assert (answer.code, answer.whose) == ("power.not_allowed", "sender")
    assert Inbound.objects.count() == 0
