"""What is missing is asked for, accounts are compared, contradictions raise an alarm, and alarms are facts."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from tests.peers import ME, address_of, an_act, closed, ground, light, sweep

from tongban.exchange import actions, offering, queries, reconciling, watching
from tongban.exchange.models import Alarm, Inbound, Outbound
from tongban.exchange.ports import CarrierError
from tongban.exchange.rules import alarms, heads
from tongban.journal import actions as journal_actions
from tongban.journal import clock, jobs, subscriptions, worker
from tongban.journal import queries as journal
from tongban_wire.requests import verify_request

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def later():
    yield lambda **ahead: clock.set_offset(timedelta(**ahead))
    clock.set_offset(timedelta())


class Sender:
    """Peer 63 as one that can be asked: it keeps what it said and answers signed requests of node 44 alone."""

    def __init__(self, ground):
        self.ground, self.said, self.asked = ground, {}, []
        ground.carrier.askable[address_of("63")] = self.answer

    def says(self, subject, count):
        for _ in range(count):
            self.said.setdefault(subject, []).append(self.ground.peer.says(closed(), subject))
        return self.said[subject]

    def answer(self, path, authorization):
        asking = verify_request(
            authorization, self.ground.keys.list, method="GET", path=path, receiver="63", at=clock.now()
        )
        assert asking.sender == ME
        self.asked.append(path)
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == reconciling.STREAMS:
            return {"streams": [{"subject": s, "last": len(raws), "digest": heads.fold([digest(r) for r in raws])}
                                for s, raws in sorted(self.said.items())], "next": False}  # fmt: skip
        subject = parts.path.rpartition("/")[2]
        return {"messages": [json.loads(raw) for raw in self.said.get(subject, [])[int(query["first"]) - 1 :]]}


def digest(raw):
    from tongban_wire.keys import digest_of

    return digest_of(json.loads(raw)["jws"].encode())


def take(*raws):
    return actions.accept_batch(raws, clock.now())


@pytest.fixture
def sender(ground):
    return Sender(ground)


@pytest.mark.req("R-124")
def test_a_gap_is_asked_for_and_filled_through_the_same_door(ground, sender, later):
    subject = f"filing:{uuid4()}"
    raws = sender.says(subject, 5)
    take(raws[0], raws[3], raws[4])
    worker.drain()
    later(seconds=6)
    assert reconciling.fill_gaps() == 2
    worker.drain()
    assert [envelope.position for _, envelope in ground.applied] == [1, 2, 3, 4, 5]
    assert Inbound.objects.exclude(receipt="").count() == 5


def test_a_gap_is_asked_for_ever_more_slowly_and_then_raises_an_alarm(ground, sender, later):
    subject = f"filing:{uuid4()}"
    raws = sender.says(subject, 3)
    sender.said[subject] = []  # it knows nothing of them
    take(raws[2])
    worker.drain()
    for minutes in (1, 1, 3, 6, 12, 30):
        later(minutes=minutes)
        reconciling.fill_gaps()
    assert 3 < len(sender.asked) < 6
    watching.watch()
    assert list(Alarm.objects.filter(cleared_at=None).values_list("kind", "key")) == [("gap_unfilled", "63")]


def test_reconcile_finds_what_we_never_heard_of_and_fetches_it(ground, sender):
    first, second = f"filing:{uuid4()}", f"filing:{uuid4()}"
    take(*sender.says(first, 2)[:1])
    sender.says(second, 3)
    report = reconciling.reconcile("63")
    assert (report.streams, report.fetched, report.clean) == (2, 4, True)
    worker.drain()
    assert len(ground.applied) == 5
    again = reconciling.reconcile("63")
    assert (again.same, again.fetched, again.clean) == (2, 0, True)


def test_other_messages_at_the_same_positions_raise_an_alarm_that_stays_until_the_accounts_agree(ground, sender):
    subject = f"filing:{uuid4()}"
    raws = sender.says(subject, 2)
    take(*raws)
    sender.said[subject] = [raws[0], ground.peer.says(closed(), subject, position=2)]
    report = reconciling.reconcile("63")
    assert (report.contradictions, report.clean) == ([subject], False)
    (alarm,) = Alarm.objects.filter(cleared_at=None)
    assert (alarm.kind, alarm.key, alarm.owner) == ("stream_contradiction", "63", "supervisor")
    sender.said[subject] = raws
    assert reconciling.reconcile("63").clean
    assert [f.name for f in journal.facts("alarm", alarm.id)] == ["exchange.alarm_raised", "exchange.alarm_cleared"]


def test_a_sender_that_forgot_what_it_said_is_found_out(ground, sender):
    subject = f"filing:{uuid4()}"
    take(*sender.says(subject, 3))
    sender.said[subject].pop()
    assert reconciling.reconcile("63").forgotten == [subject]


def test_a_sender_that_forgot_whole_streams_as_after_an_old_backup_is_found_out(ground, sender):
    kept, lost = (f"filing:{uuid4()}" for _ in range(2))
    take(*sender.says(kept, 1), *sender.says(lost, 2))
    del sender.said[lost]
    report = reconciling.reconcile("63")
    assert (report.forgotten, report.same, report.clean) == ([lost], 1, False)
    sender.said.clear()
    assert reconciling.reconcile("63").forgotten == sorted([kept, lost])


def test_our_own_account_names_what_is_signed_and_only_to_its_receiver(ground):
    lantern = uuid4()
    for _ in range(3):
        light(an_act(), lantern, to=["63"])
    worker.drain()
    light(an_act(), lantern, to=["63"])  # not signed yet
    (head,) = offering.heads("63")
    digests = list(Outbound.objects.filter(digest__isnull=False).order_by("position").values_list("digest", flat=True))
    assert (head.subject, head.last, head.digest) == (f"filing:{lantern}", 3, heads.fold(digests))
    assert offering.heads("14") == []
    assert offering.messages("14", head.subject, 1) == []
    assert len(offering.messages("63", head.subject, 2)) == 2
    assert [json.loads(raw)["jws"] for raw in offering.messages("63", head.subject, 1)] == list(
        Outbound.objects.filter(jws__isnull=False).order_by("position").values_list("jws", flat=True)
    )


def test_the_pages_of_our_account_go_on_behind_a_stream_that_is_not_signed_yet(ground):
    lanterns = sorted(uuid4() for _ in range(4))
    for lantern in (lanterns[0], lanterns[2], lanterns[3]):
        light(an_act(), lantern, to=["63"])
    worker.drain()
    light(an_act(), lanterns[1], to=["63"])  # not signed yet
    page = offering.heads("63", limit=2)
    assert [head.subject for head in page] == [f"filing:{lanterns[0]}", f"filing:{lanterns[2]}"]
    rest = offering.heads("63", after=page[-1].subject, limit=2)
    assert [head.subject for head in rest] == [f"filing:{lanterns[3]}"]


@pytest.mark.parametrize(
    "head",
    [{"subject": "filing:x\r\nBcc: a@b", "last": 1}, {"subject": "filing:\0", "last": 1}, {"subject": ["filing"]},
     {"subject": f"filing:{uuid4()}", "last": 0}, {"subject": f"filing:{uuid4()}", "last": True},
     {"subject": f"filing:{uuid4()}", "last": 2**63}, {"subject": f"filing:{uuid4()}", "last": 1, "digest": "x"}],
)  # fmt: skip
def test_an_account_that_cannot_be_meant_goes_into_no_alarm_and_no_address(ground, head):
    asked = []

    def answer(path, authorization):
        asked.append(path)
        return {"streams": [{"last": 1, "digest": heads.fold(["a"]), **head}], "next": False}

    ground.carrier.askable[address_of("63")] = answer
    with pytest.raises(CarrierError, match=r"peer\.answer_unreadable"):
        reconciling.reconcile("63")
    assert len(asked) == 1
    assert Alarm.objects.count() == 0


def test_a_peer_that_stays_away_raises_one_alarm_and_clears_it_when_it_is_back(ground, later):
    ground.cut("63")
    light(an_act(), uuid4(), to=["63"])
    for minutes in (0, 1, 5, 11, 12):
        later(minutes=minutes)
        sweep()
        watching.watch()
    (alarm,) = Alarm.objects.filter(cleared_at=None)
    assert (alarm.kind, alarm.key, alarm.owner) == ("peer_unreachable", "63", "operator")
    ground.mend("63")
    later(minutes=14)
    sweep()
    watching.watch()
    assert [f.name for f in journal.facts("alarm", alarm.id)] == ["exchange.alarm_raised", "exchange.alarm_cleared"]


def test_a_message_refused_for_good_is_parked_with_an_owner_a_reason_and_an_alarm_and_can_be_replayed(ground):
    said = closed()
    ground.peer.refuse = {said.type: {"code": "power.not_allowed", "whose": "sender", "retry": False}}
    light(an_act(), uuid4(), to=["63"], message=said)
    worker.drain()
    (parked,) = queries.parked_outbound()
    assert (parked.reason, parked.owner) == ("power.not_allowed", "directory")
    watching.watch()
    assert Alarm.objects.get(kind="outbound_parked").cleared_at is None
    ground.peer.refuse = {}
    actions.replay_outbound(an_act(), parked.message_id)
    worker.drain()
    watching.watch()
    assert len(ground.peer.order) == 1
    assert Alarm.objects.get(kind="outbound_parked").cleared_at is not None


def test_a_job_that_gave_up_raises_an_alarm_until_it_is_done(ground):
    """What should have followed from a fact does not: a case may stand still, and nobody else would say so."""
    fails = [True]

    def handler(payload):
        if fails[0]:
            raise jobs.PermanentFailure("state.odd")

    subscriptions.install(subscribers={}, tellers={}, post=None, handlers={"odd": handler}, periodic={})
    jobs.enqueue("odd", "k", {})
    worker.drain()
    watching.watch()
    alarm = Alarm.objects.get(cleared_at=None)
    assert (alarm.kind, alarm.owner, alarm.params) == ("job_parked", "operator", {"jobs": 1})
    fails[0] = False
    (parked,) = journal.parked_jobs()
    journal_actions.replay_job(an_act(), parked.id)
    worker.drain()
    watching.watch()
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict"),
    [
        ("ab", "ab", "same"), ("abc", "ab", "behind"), ("ab", "ax", "contradiction"), ("ab", "abc", "forgotten"),
        ("ab", "axc", "contradiction"), ("", "", "same"), ("a", "", "behind"),
    ],
)  # fmt: skip
def test_two_accounts_of_a_stream_compared(theirs, ours, verdict):
    assert heads.compare(heads.Head(len(theirs), heads.fold(list(theirs))), list(ours)) == verdict


def test_expiry_of_list_and_key_is_announced_a_week_ahead():
    at = clock.now()
    seen = alarms.Seen(at, trust_expires=at + timedelta(days=6), key_expires=at + timedelta(days=8))
    assert [w.kind for w in alarms.standing(seen)] == ["trust_list_expiring"]
