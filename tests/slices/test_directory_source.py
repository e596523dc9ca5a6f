"""The adapter that fetches a list, against a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tongban.directory.adapters import http_source
from tongban.directory.adapters.http_source import HttpListSource
from tongban.directory.ports import SourceUnavailable


class Directory(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, bytes]] = {}

    def do_GET(self) -> None:
        status, body = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Directory) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_the_list_arrives_as_it_was_signed(server: str) -> None:
    Directory.answers = {http_source.PATH: (200, b"a.b.c")}
    assert HttpListSource().fetch(server + "/") == b"a.b.c"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_is_no_list_and_redirects_are_not_followed(server: str, status: int) -> None:
    Directory.answers = {http_source.PATH: (status, b""), "/elsewhere": (200, b"a.b.c")}
    with pytest.raises(SourceUnavailable) as unavailable:
        HttpListSource().fetch(server)
    assert unavailable.value.code == "peer.status"


def test_an_endless_answer_is_cut_off(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_source, "MAX_BYTES", 1000)
    Directory.answers = {http_source.PATH: (200, b"x" * 1001)}
    with pytest.raises(SourceUnavailable) as unavailable:
        HttpListSource().fetch(server)
    assert unavailable.value.code == "peer.answer_unreadable"


def test_a_directory_that_is_down_is_said_to_be_unreachable(server: str) -> None:
    port = int(server.rpartition(":")[2])
    with HTTPServer(("127.0.0.1", 0), Directory) as other:
        free = other.server_port
    assert free != port
    with pytest.raises(SourceUnavailable) as unavailable:
        HttpListSource().fetch(f"http://127.0.0.1:{free}")
    assert unavailable.value.code == "peer.unreachable"
