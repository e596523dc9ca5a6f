"""Attachments are served to nodes that were told of them, over HTTP, resumable."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from tests.peers import ME, an_act, ground, light
from tests.slices.test_exchange_blobs import CONTENT, decided

from tongban.exchange import blobs
from tongban.exchange.adapters.http import HttpCarrier
from tongban.exchange.ports import CarrierError
from tongban.exchange.pulling import blob_path
from tongban_wire.requests import sign_request

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(ground) -> str:
    """A blob that 63 was told of."""
    digest = blobs.put(CONTENT, "application/pdf")
    light(an_act(), uuid4(), to=["63"], message=decided(digest))
    return digest


def signed(ground, digest: str, *, node: str = "63", at: datetime | None = None, receiver: str = ME) -> str:
    return sign_request(
        ground.all_keys[node], "GET", blob_path(digest), at or datetime.now(UTC), uuid4().hex, receiver=receiver
    )


def get(client, digest: str, authorization: str, **headers):
    return client.get(blob_path(digest), headers={"authorization": authorization, **headers})


def test_a_node_that_was_told_gets_the_bytes(client, ground, told):
    response = get(client, told, signed(ground, told))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_rest_is_served_from_where_it_stopped(client, ground, told):
    response = get(client, told, signed(ground, told), range="bytes=1000-")
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"
    assert b"".join(response.streaming_content) == CONTENT[1000:]
    beyond = get(client, told, signed(ground, told), range=f"bytes={len(CONTENT)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")


def test_a_node_that_was_not_told_cannot_even_learn_that_it_exists(client, ground, told):
    not_told = get(client, told, signed(ground, told, node="14"))
    absent = get(client, f"sha-256:{'0' * 64}", signed(ground, f"sha-256:{'0' * 64}"))
    assert not_told.status_code == absent.status_code == 404
    assert not_told.json() == absent.json()


@pytest.mark.parametrize("flaw", ["none", "old", "other receiver", "other path", "stranger"])
def test_without_a_good_signature_nothing_is_served(client, ground, told, flaw):
    authorization = {
        "none": "",
        "old": signed(ground, told, at=datetime.now(UTC) - timedelta(minutes=10)),
        "other receiver": signed(ground, told, receiver="14"),
        "other path": signed(ground, f"sha-256:{'0' * 64}"),
        "stranger": signed(ground, told)[:-4] + "AAAA",
    }[flaw]
    assert get(client, told, authorization).status_code == 401


def test_a_recorded_request_sent_again_is_refused(client, ground, told):
    once = signed(ground, told)
    assert b"".join(get(client, told, once).streaming_content) == CONTENT
    repeated = get(client, told, once)
    assert (repeated.status_code, repeated.json()["detail"]) == (401, "request.replayed")


# --- the real fetcher ---------------------------------------------------------------------------------------------


@pytest.fixture
def fetcher():
    found = HttpCarrier(plain_http_loopback=True, connect_seconds=1, answer_seconds=5)
    yield found
    found.close()


@pytest.mark.django_db(transaction=True)
def test_the_fetcher_reads_from_the_gate_and_resumes(live_server, ground, told, fetcher):
    address = live_server.url.replace("localhost", "127.0.0.1")
    for offset in (0, 5000, len(CONTENT)):
        with fetcher.fetch(address, blob_path(told), authorization=signed(ground, told), offset=offset) as part:
            assert (part.offset, part.total) == (offset, len(CONTENT))
            assert b"".join(part.chunks) == CONTENT[offset:]


@pytest.fixture
def hostile() -> Iterator[str]:
    """A peer that answers ``/gate/v1/blobs/<word>`` with some mischief."""

    class Mischief(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            word = self.path.rpartition("/")[2]
            if word == "redirect":
                self.send_response(302)
                self.send_header("location", "http://127.0.0.1:1/")
                self.send_header("content-length", "0")
                self.end_headers()
            elif word == "short":
                self.send_response(200)
                self.send_header("content-length", "100")
                self.end_headers()
                self.wfile.write(b"x" * 10)
            elif word == "otherrange":
                self.send_response(206)
                self.send_header("content-range", "bytes 7-9/10")
                self.send_header("content-length", "3")
                self.end_headers()
                self.wfile.write(b"xxx")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mischief)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("word", "code"),
    [("redirect", "peer.status"), ("short", "peer.unreachable"), ("otherrange", "peer.answer_unreadable")],
)
def test_mischief_is_an_error_and_never_content(hostile, fetcher, word, code):
    with (
        pytest.raises(CarrierError) as error,
        fetcher.fetch(hostile, f"/gate/v1/blobs/{word}", authorization="x", offset=0) as part,
    ):
        b"".join(part.chunks)
    assert error.value.code == code
