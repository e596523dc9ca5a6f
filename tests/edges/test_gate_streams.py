"""Streams asked for at the gate: signed, fresh, once, and only what is the asker's."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.peers import ME, an_act, ground, light

from tongban.journal import clock, worker
from tongban_wire.requests import sign_request

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


def ask(client, key, path, *, receiver=ME, signed=None, nonce=None):
    note = sign_request(key, "GET", signed or path, clock.now(), nonce or uuid4().hex, receiver=receiver)
    return client.get(path, headers={"Authorization": note})


@pytest.fixture
def told(ground):
    lantern = uuid4()
    for _ in range(3):
        light(an_act(), lantern, to=["63"])
    worker.drain()
    return f"filing:{lantern}"


def test_a_receiver_learns_the_heads_of_its_streams_and_gets_messages_again(client, ground, told):
    heads = ask(client, ground.peer.key, "/gate/v1/streams?after=").json()
    assert [(h["subject"], h["last"]) for h in heads["streams"]] == [(told, 3)]
    again = ask(client, ground.peer.key, f"/gate/v1/streams/{told}?first=2").json()["messages"]
    assert len(again) == 2
    assert set(again[0]) == {"jws", "parts"}


def test_another_node_learns_nothing_of_it(client, ground, told):
    assert ask(client, ground.all_keys["14"], "/gate/v1/streams?after=").json()["streams"] == []
    assert ask(client, ground.all_keys["14"], f"/gate/v1/streams/{told}?first=1").json()["messages"] == []


def test_an_unsigned_a_foreign_a_stale_and_a_repeated_request_are_refused(client, ground, told):
    path = f"/gate/v1/streams/{told}?first=1"
    assert client.get(path).status_code == 401
    assert ask(client, ground.peer.key, path, receiver="14").status_code == 401
    assert ask(client, ground.peer.key, path, signed=f"/gate/v1/streams/{told}?first=2").status_code == 401
    assert ask(client, ground.peer.key, path, nonce=f"once-{ground.peer.key.kid}").status_code == 200
    repeated = ask(client, ground.peer.key, path, nonce=f"once-{ground.peer.key.kid}")
    assert (repeated.status_code, repeated.json()["detail"]) == (401, "request.replayed")


@pytest.mark.parametrize("query", ["first=x", "first=-1", "first=9999999999"])
def test_a_position_that_is_none_is_refused(client, ground, told, query):
    assert ask(client, ground.peer.key, f"/gate/v1/streams/{told}?{query}").status_code == 400
    assert ask(client, ground.peer.key, "/gate/v1/streams/none?first=1").status_code == 400
