"""The operator's page: peers, alarms, what is parked and its second chance, outages and what they mean."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.peers import an_act, closed, ground, light, sweep
from tests.signing_in import signed_in_as

from tongban import config as configuration
from tongban.exchange import queries, watching
from tongban.exchange.actions import alarming
from tongban.journal import clock, jobs, worker
from tongban.journal import queries as journal
from tongban.journal.models import Fact
from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.ui.page import ROUTES, audiences_of

__all__ = ["ground"]
pytestmark = pytest.mark.django_db
PAGE = "/ops/exchange"


@pytest.fixture
def trusted(ground, monkeypatch):
    """The page names the nodes of the list that the exchange goes by."""
    from tongban.directory import queries as directory

    held = directory.Held(ground.keys.list, b"", "sha-256:" + "0" * 64)
    monkeypatch.setattr(directory, "held", lambda: held)
    return ground


@pytest.fixture
def operator(client, trusted):
    signed_in_as(client, "liang-wei")
    return client


@pytest.mark.parametrize("subject", ["li-mei", "wang-fang"])
def test_nobody_but_operators_sees_it(client, trusted, subject):
    signed_in_as(client, subject)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/replay", {"what": "out", "id": str(uuid4())}).status_code == 403


@pytest.mark.parametrize(("role", "acts"), [(Role.OPERATOR, True), (Role.SUPERVISOR, False)])
def test_a_supervisor_reads_what_an_operator_acts_on_and_the_page_says_when_it_alarms(rf, trusted, role, acts):
    said = closed()
    trusted.peer.refuse = {said.type: {"code": "power.not_allowed", "whose": "sender", "retry": False}}
    light(an_act(), uuid4(), to=["63"], message=said)
    worker.drain()
    request = rf.get(PAGE)
    request.actor = Actor(ActorKind.STAFF, "demo", "somebody", "44", (Post(role, "440000"),))
    page = ROUTES["ops_exchange"].view(request).content.decode()
    assert "power.not_allowed" in page and "满10分钟" in page
    assert ("重新处理" in page) == acts
    assert (audiences_of(request.actor) & ROUTES["ops_replay"].audience != set()) == acts
    assert "我的办件" not in page


def test_a_parked_message_is_shown_with_owner_and_reason_and_tried_again_by_the_button(operator, trusted):
    said = closed()
    trusted.peer.refuse = {said.type: {"code": "power.not_allowed", "whose": "sender", "retry": False}}
    light(an_act(), uuid4(), to=["63"], message=said)
    worker.drain()
    watching.watch()
    shown = operator.get(PAGE).content.decode()
    assert all(word in shown for word in ("power.not_allowed", "目录节点", "发出的消息被拒收", "重新处理"))
    (parked,) = queries.parked_outbound()
    trusted.peer.refuse = {}
    answer = operator.post(f"{PAGE}/replay", {"what": "out", "id": str(parked.message_id)})
    assert (answer.status_code, answer["location"]) == (303, PAGE)
    worker.drain()
    assert len(trusted.peer.order) == 1
    (fact,) = journal.facts("message", parked.message_id)
    assert fact.name == "exchange.outbound_replayed"
    assert "liang-wei" in fact.actor


def test_a_contradicted_day_shows_owner_reason_and_what_to_do_until_it_is_settled(operator, trusted):
    what = {"day": "2026-11-20", "code": "day_book.contradiction", "message_id": str(uuid4())}
    alarming.ensure_raised("day_contradicted", "63", what)
    shown = operator.get(PAGE).content.decode()
    words = ("对方的日账前后矛盾", "监督人员", "day_book.contradiction", "2026-11-20", "tongban export day", "已处理")
    assert all(word in shown for word in words)
    assert 'tongban_exchange_alarms{kind="day_contradicted"} 1.0' in operator.get("/metrics").content.decode()
    (alarm,) = queries.alarms()
    assert operator.post(f"{PAGE}/replay", {"what": "alarm", "id": str(alarm.id)}).status_code == 303
    assert "对方的日账前后矛盾" in operator.get(PAGE).content.decode(), "among those that are over"
    assert queries.alarms() == []
    assert "liang-wei" in journal.facts("alarm", alarm.id)[-1].actor
    assert operator.post(f"{PAGE}/replay", {"what": "alarm", "id": str(alarm.id)}).status_code == 404


def test_an_alarm_that_ends_by_itself_cannot_be_settled_by_hand(operator, trusted):
    alarming.ensure_raised("peer_unreachable", "63", {})
    (alarm,) = queries.alarms()
    assert "已处理" not in operator.get(PAGE).content.decode()
    assert operator.post(f"{PAGE}/replay", {"what": "alarm", "id": str(alarm.id)}).status_code == 404


def test_a_parked_job_is_tried_again_by_the_button_and_the_act_is_a_fact(operator, trusted):
    jobs.enqueue("exchange.pull_blob", "k", {"digest": "sha-256:" + "0" * 64})
    (claimed,) = jobs.claim("me", 1)
    jobs.park(claimed, "me", "peer.refused")
    assert "exchange.pull_blob" in operator.get(PAGE).content.decode()
    assert operator.post(f"{PAGE}/replay", {"what": "job", "id": str(claimed.id)}).status_code == 303
    assert journal.parked_jobs() == []
    fact = Fact.objects.get(name="journal.job_replayed")
    assert (fact.body["kind"], "liang-wei" in fact.actor) == ("exchange.pull_blob", True)


def test_the_page_and_the_command_tell_of_each_peer_all_that_matters(operator, trusted, capsys, monkeypatch):
    from tongban.ops.commands import peers

    trusted.cut("63")
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    monkeypatch.setattr(peers, "setup", configuration.config)
    monkeypatch.setenv("TONGBAN_HOME", str(configuration.config().home))  # no demo's, whatever runs in the checkout
    peers.run(argparse.Namespace(node=None))
    told, page = capsys.readouterr().out, operator.get(PAGE).content.decode()
    until = max(k.valid_to for n in trusted.keys.list.nodes if n.node == "63" for k in n.keys)
    assert "failing 1 times: peer.unreachable" in told
    assert "waiting 1, oldest" in told
    assert "parked 0" in told
    assert "a minute" in told
    assert f"key until {until:%Y-%m-%d}" in told
    assert f"until {trusted.keys.list.expires_at:%Y-%m-%d}" in told
    for column in ("连接", "待送达", "最早一条", "每分钟送达", "搁置", "密钥有效至", "信任清单第1版，有效至"):
        assert column in page


@pytest.mark.parametrize("sent", [{"what": "out", "id": "x"}, {"what": "job", "id": "7"}, {"what": "?", "id": "1"}, {}])
def test_what_is_not_parked_cannot_be_tried_again(operator, sent):
    assert operator.post(f"{PAGE}/replay", sent).status_code == 404


def test_an_unreachable_peer_shows_with_its_backlog_on_both_pages(operator, trusted):
    trusted.cut("63")
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    clock.set_offset(timedelta(minutes=11))
    try:
        sweep()
        watching.watch()
        shown = operator.get(PAGE).content.decode()
        public = operator.get("/status").content.decode()
    finally:
        clock.set_offset(timedelta())
    assert "节点长时间不可达" in shown
    assert "peer.unreachable" in shown
    assert "消息保存在本地" in shown
    assert "消息保存在本地" in public
    assert "peer.unreachable" not in public


def test_a_peer_that_is_away_is_seen_at_once_though_nothing_was_sent_to_it(operator, trusted):
    shown = operator.get(PAGE).content.decode()
    assert "没有告警" in shown
    away = re.search(r'(?s)<th scope="row">63 .*?</td>', shown)
    assert away and "现在连不上" in away[0]
    mine = re.search(r'(?s)<th scope="row">44 .*?</td>', shown)
    assert mine and "现在连不上" not in mine[0]


def test_metrics_name_each_peer_and_each_kind_of_alarm(client, trusted):
    trusted.cut("63")
    light(an_act(), uuid4(), to=["63", "14"])
    worker.drain()
    clock.set_offset(timedelta(minutes=11))
    try:
        sweep()
        watching.watch()
        told = client.get("/metrics").content.decode()
    finally:
        clock.set_offset(timedelta())
    assert 'tongban_exchange_peer_pending{peer="63"} 1.0' in told
    assert 'tongban_exchange_alarms{kind="peer_unreachable"}' in told
