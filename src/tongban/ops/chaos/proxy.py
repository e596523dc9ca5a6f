"""A gateway before a node, on loopback: passes requests on, and on command cuts, delays, doubles and reorders them.

The trust list names the gateway as the node's address, so everything other nodes send to it goes through here.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import msgspec

WAYS: Final = ("cut", "lose_answers", "half_answers", "delay", "double", "reorder", "stale")
"""cut: the connection ends before the request is passed on. lose_answers: the node has taken it, the sender never
learns. half_answers: the same, after half of the answer. delay: up to a second and a half before passing on. double:
every request is passed on twice. reorder: a batch arrives back to front. stale: a copy comes again seconds later."""

_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class _Batch(msgspec.Struct):
    messages: list[msgspec.Raw]


class Gateway(ThreadingHTTPServer):
    """Listens on a port of its own for the node at ``127.0.0.1:target``. ``impose(way)`` lasts until ``heal()``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, target: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.touched: Counter[str] = Counter()
        self.passed = 0
        self._ways: set[str] = set()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()

    def impose(self, way: str) -> None:
        with self._lock:
            self._ways = {*self._ways, way}

    def heal(self, way: str | None = None) -> None:
        """End one way of harm, or all."""
        with self._lock:
            self._ways = self._ways - {way} if way else set()

    def ways(self) -> set[str]:
        """What is imposed now, and how long a delay would be."""
        return self._ways

    def note(self, way: str) -> float:
        """Count a request that was harmed; returns a number in [0, 1) to harm it by."""
        with self._lock:
            self.touched[way] += 1
            return self._chance.random()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break here all the time; that is the purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _pass_on(self, body: bytes) -> None:
        gateway, ways = self.server, self.server.ways()
        gateway.passed += 1
        if "cut" in ways:
            gateway.note("cut")
            return self._break()
        if "delay" in ways:
            time.sleep(0.1 + 1.4 * gateway.note("delay"))
        turned = False
        if "reorder" in ways and (back_to_front := _turned(body)) is not None:
            gateway.note("reorder")
            body, turned = back_to_front, True
        if "stale" in ways and body:
            wait = 0.5 + 4 * gateway.note("stale")
            again = threading.Timer(wait, self._quietly, [body])
            again.daemon = True
            again.start()
        try:
            if "double" in ways:
                gateway.note("double")
                self._ask(body)
            status, headers, answer = self._ask(body)
        except (OSError, http.client.HTTPException):
            return self._break()
        if turned:
            answer = _answers_turned(answer)
        if "lose_answers" in ways:
            gateway.note("lose_answers")
            return self._break()
        self._answer(status, headers, answer, half="half_answers" in ways)
        return None

    def _answer(self, status: int, headers: list[tuple[str, str]], answer: bytes, *, half: bool) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if half:
            self.server.note("half_answers")
            self.wfile.write(answer[: len(answer) // 2])
            return self._break()
        self.wfile.write(answer)
        return None

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=30)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
            connection.request(self.command, self.path, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _quietly(self, body: bytes) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._ask(body)

    def _break(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(2)


def _turned(body: bytes) -> bytes | None:
    """The same batch back to front, the messages byte for byte as they were; None if there is nothing to turn."""
    try:
        messages = msgspec.json.decode(body, type=_Batch).messages
    except msgspec.DecodeError:
        return None
    if len(messages) < 2:
        return None
    return b'{"messages":[' + b",".join(bytes(raw) for raw in reversed(messages)) + b"]}"


def _answers_turned(answer: bytes) -> bytes:
    """The answers in the order in which the sender asked."""
    try:
        found = json.loads(answer)
        found["answers"].reverse()
    except (ValueError, KeyError, TypeError):
        return answer
    return json.dumps(found).encode()
