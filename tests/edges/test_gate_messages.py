"""The gate as other nodes meet it: over HTTP, with a real carrier where it matters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models.functions import Now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.peers import ME, TRACEPARENT, Peer, closed, ground

from tongban import config as configuration
from tongban.exchange import installation
from tongban.exchange.actions import accept
from tongban.exchange.adapters.http import HttpCarrier, checked_address
from tongban.exchange.models import Inbound
from tongban.exchange.ports import CarrierError
from tongban.gate import limits, messages
from tongban.journal import clock
from tongban.journal.models import Periodic
from tongban_wire.keys import SigningKey

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    monkeypatch.setattr(limits, "requests", limits.Buckets(rate=1e6, burst=1e6))
    monkeypatch.setattr(limits, "messages", limits.Buckets(rate=1e6, burst=1e6))


def post(client, body: bytes, **headers):
    return client.post("/gate/v1/messages", data=body, content_type="application/json", headers=headers)


def batch(*raws: bytes) -> bytes:
    return b'{"messages":[' + b",".join(raws) + b"]}"


def test_a_batch_is_answered_one_by_one_in_order(client, ground):
    subject = f"filing:{uuid4()}"
    good = [ground.peer.says(closed(), subject) for _ in range(2)]
    response = post(client, batch(good[0], b'{"jws":"x"}', good[1]), traceparent=TRACEPARENT)
    assert response.status_code == 200
    first, bad, second = response.json()["answers"]
    assert [ground.receipt(a["receipt"]).position for a in (first, second)] == [1, 2]
    assert bad["problem"]["whose"] == "sender"
    assert list(Inbound.objects.values_list("traceparent", flat=True)) == [TRACEPARENT] * 2
    assert "set-cookie" not in response.headers


PROXY, HERE, THERE = "192.0.2.1", "198.51.100.7", "203.0.113.9"


def test_behind_a_proxy_one_stranger_does_not_use_up_what_the_others_may_ask(client, ground, monkeypatch):
    monkeypatch.setattr(limits, "requests", limits.Buckets(rate=0, burst=2))

    def asked(forwarded, remote=PROXY):
        return client.get("/gate/v1/catalog", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded}).status_code

    before = configuration.config()
    try:
        assert [asked(HERE), asked(HERE), asked(THERE)] == [200, 200, 429], "nobody is a proxy unless it is named"
        monkeypatch.setattr(limits, "requests", limits.Buckets(rate=0, burst=2))
        configuration.use(replace(before, proxies=(PROXY,)))
        assert [asked(f"{THERE}, {HERE}") for _ in range(3)] == [200, 200, 429], "the last one is who asked the proxy"
        assert [asked(THERE), asked(HERE)] == [200, 429]
        assert [asked(THERE, remote="192.0.2.2") for _ in range(3)] == [200, 200, 429], "a liar is counted as itself"
    finally:
        configuration.use(before)


def test_a_key_that_the_list_does_not_know_lets_a_newer_list_be_looked_for_once_in_ten_seconds(client, ground):
    stranger = Peer("63", SigningKey.generate("63"), ground.keys)

    def renewal(**set_to):
        Periodic.objects.update_or_create(name="directory.renew", defaults=set_to)

    def comes_forward() -> bool:
        answer = post(client, batch(stranger.says(closed(), f"filing:{uuid4()}"))).json()["answers"][0]["problem"]
        assert (answer["code"], answer["retry"]) == ("key.unknown", True)
        return Periodic.objects.filter(name="directory.renew", next_at__lte=Now()).exists()

    now = datetime.now(UTC)
    later, a_minute_ago = now + timedelta(seconds=50), now - timedelta(minutes=1)
    renewal(next_at=later, last_run_at=now)
    assert not comes_forward()
    renewal(next_at=later, last_run_at=a_minute_ago)
    post(client, batch(ground.peer.says(closed(), f"filing:{uuid4()}"), b'{"jws":"x"}'))
    assert not Periodic.objects.filter(next_at__lte=Now()).exists()
    assert comes_forward()


def test_the_bytes_that_came_are_the_bytes_that_are_kept(client, ground):
    raw = ground.peer.says(closed(), f"filing:{uuid4()}")
    post(client, batch(raw))
    assert Inbound.objects.get().jws == json.loads(raw)["jws"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[]", 400, "request.malformed"),
        (b'{"messages": {}}', 400, "request.malformed"),
        (b'{"messages": [' + b"[" * 5000 + b"]}", 400, "request.malformed"),
        (batch(*[b"{}"] * 101), 413, "request.too_large"),
        (b'{"messages": ["' + b"x" * messages.MOST_BYTES + b'"]}', 413, "request.too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(client, ground, body, status, code):
    response = post(client, body)
    assert (response.status_code, response.json()["code"], response.json()["whose"]) == (status, code, "sender")
    assert response.headers["content-type"] == "application/problem+json"
    assert Inbound.objects.count() == 0


def test_a_form_is_not_a_message(client, ground):
    assert client.post("/gate/v1/messages", data={"messages": "x"}).status_code == 415
    assert client.get("/gate/v1/messages").status_code == 405


def test_a_sender_that_floods_is_told_to_wait(client, ground, monkeypatch):
    monkeypatch.setattr(limits, "messages", limits.Buckets(rate=0.001, burst=1))
    raws = [ground.peer.says(closed(), f"filing:{uuid4()}") for _ in range(2)]
    assert post(client, batch(raws[0])).status_code == 200
    response = post(client, batch(raws[1]))
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert Inbound.objects.count() == 1


def test_a_bucket_fills_again_and_a_liar_elsewhere_cannot_empty_it():
    now = [0.0]
    buckets = limits.Buckets(rate=1, burst=2, size=2, now=lambda: now[0])
    assert [buckets.take("10.0.0.1 63") for _ in range(3)] == [True, True, False]
    assert buckets.take("10.9.9.9 63")
    now[0] = 1.0
    assert buckets.take("10.0.0.1 63")


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["messages", "jws", "parts", "personal", "x"]), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(min_size=1, max_size=200), json_values.map(lambda v: json.dumps(v).encode())))
def test_no_input_makes_the_gate_fail_or_store(client, ground, body):
    response = post(client, body)
    assert response.status_code in (200, 400, 413)
    assert all("receipt" not in a for a in response.json().get("answers", []))
    assert Inbound.objects.count() == 0


def test_a_node_without_a_trust_list_says_that_it_cannot_take_messages_yet(client, ground):
    from tongban.directory.queries import NotEnrolled

    class Nobody:
        def trust(self):
            raise NotEnrolled(ME)

        my_key = trust

    installation.install(keys=Nobody())
    response = post(client, batch(ground.peer.says(closed(), f"filing:{uuid4()}")))
    assert (response.status_code, response.json()["code"]) == (503, "node.unavailable")
    assert response.json()["whose"] == "receiver"


# --- the real carrier against the real gate -----------------------------------------------------------------------


@pytest.fixture
def carrier():
    found = HttpCarrier(plain_http_loopback=True, connect_seconds=1, answer_seconds=5)
    yield found
    found.close()


def url(live_server) -> str:
    return live_server.url.replace("localhost", "127.0.0.1")


@pytest.mark.req("R-124")
@pytest.mark.django_db(transaction=True)
def test_a_batch_travels_over_http_and_comes_back_receipted(live_server, ground, carrier):
    subject = f"filing:{uuid4()}"
    raws = [ground.peer.says(closed(), subject) for _ in range(20)]
    answers = carrier.post(url(live_server), raws, traceparent=TRACEPARENT)
    assert [ground.receipt(a["receipt"]).position for a in answers] == list(range(1, 21))
    assert carrier.post(url(live_server), raws) == answers


@pytest.mark.django_db(transaction=True)
def test_a_peer_that_says_no_to_everything_is_a_trouble_that_may_pass(live_server, ground, carrier):
    with pytest.raises(CarrierError) as error:
        carrier.post(url(live_server), [b"{}"] * 101)
    assert (error.value.code, error.value.permanent, error.value.detail) == (
        "peer.status", False, "413 request.too_large",
    )  # fmt: skip


def test_nobody_at_the_address_is_unreachable(carrier):
    with pytest.raises(CarrierError) as error:
        carrier.post("http://127.0.0.1:9", [b"{}"])
    assert (error.value.code, error.value.permanent) == ("peer.unreachable", False)


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1", "http://localhost:80", "http://example.org", "ftp://127.0.0.1", "https://u:p@example.org",
     "file:///etc/passwd", "https://", "https://example.org/?x=1"],
)  # fmt: skip
def test_only_https_or_plain_loopback_is_an_address(address):
    with pytest.raises(CarrierError, match=r"peer\.address_refused"):
        checked_address(address, plain_http_loopback=True)


def test_plain_http_to_loopback_needs_permission():
    assert checked_address("http://127.0.0.1:8063/", plain_http_loopback=True) == "http://127.0.0.1:8063"
    with pytest.raises(CarrierError, match=r"peer\.address_refused"):
        checked_address("http://127.0.0.1:8063", plain_http_loopback=False)


def test_time_is_the_nodes_own(ground):
    raw = ground.peer.says(closed(), f"filing:{uuid4()}")
    answer = accept(raw, clock.now())
    assert abs(ground.receipt(answer.receipt).stored_at - datetime.now(UTC)).total_seconds() < 5
