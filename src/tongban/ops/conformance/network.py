"""HTTP for the conformance kit. The door asks exactly the address it was given; the ear is a small gate of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tongban_wire.conformance import Answer, Kit
from tongban_wire.conformance.trial import GATE
from tongban_wire.envelope import Envelope, Receipt, open_envelope, seal_receipt
from tongban_wire.keys import digest_of
from tongban_wire.problems import WireProblem
from tongban_wire.requests import verify_request

MOST: int = 20_000_000


class HttpDoor:
    """A new connection for every request, so that no answer can be taken for another's."""

    def __init__(self, address: str, *, timeout: float = 20.0) -> None:
        self._place = urlsplit(address)
        self._timeout = timeout

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        secure = self._place.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._place.netloc, timeout=self._timeout)
        began = time.monotonic()
        try:
            whole = self._place.path.rstrip("/") + path
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
                connection.request(method, whole, body=body or None, headers=dict(headers))
            response = connection.getresponse()
            found = response.read(MOST)
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, found, time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, b"", time.monotonic() - began)
        finally:
            connection.close()


class HttpEar:
    """Both nodes of the kit at one address. What verifies is receipted and remembered; the rest is refused."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._lock = threading.Lock()
        self._heard: dict[Any, tuple[Envelope, str]] = {}
        self._offered: dict[str, bytes] = {}
        self._fetched: dict[str, list[str]] = {}
        self.kit: Kit | None = None
        self._server = ThreadingHTTPServer((host, port), type("EarGate", (_EarGate,), {"ear": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def heard(self) -> Sequence[Envelope]:
        with self._lock:
            return [envelope for envelope, _ in self._heard.values()]

    def offer(self, content: bytes) -> str:
        with self._lock:
            self._offered[digest_of(content)] = content
        return digest_of(content)

    def fetched(self, digest: str) -> Sequence[str]:
        with self._lock:
            return list(self._fetched.get(digest, ()))

    def take(self, raw: bytes) -> dict[str, Any]:
        """Receipt what verifies, for whichever of the kit's nodes it is meant."""
        kit, at = self.kit, datetime.now(UTC)
        if kit is None:
            return {"problem": {"code": "node.unavailable", "whose": "receiver", "retry": True}}
        problem: WireProblem | None = None
        for key in (kit.a, kit.b):
            try:
                envelope = open_envelope(raw, kit.trust, receiver=key.node, at=at)
            except WireProblem as found:
                problem = found if problem is None or problem.code == "envelope.wrong_receiver" else problem
                continue
            with self._lock:
                if envelope.id not in self._heard:
                    receipt = Receipt(
                        message_id=envelope.id, digest=envelope.digest, sender=envelope.sender, receiver=key.node,
                        stream_subject=envelope.stream_subject, position=envelope.position, stored_at=at,
                    )  # fmt: skip
                    self._heard[envelope.id] = (envelope, seal_receipt(receipt, key))
                return {"receipt": self._heard[envelope.id][1]}
        assert problem is not None
        return {"problem": {"code": problem.code, "whose": problem.whose, "retry": problem.retry}}

    def hand_out(self, path: str, authorization: str) -> bytes | None:
        """The bytes, if they are asked for with a good signature; either way it is remembered how it was asked."""
        digest, kit = path.rpartition("/")[2], self.kit
        if kit is None:
            return None
        how = "signed"
        try:
            verify_request(authorization, kit.trust, method="GET", path=path, receiver=kit.a.node, at=datetime.now(UTC))
        except WireProblem as problem:
            how = problem.code
        with self._lock:
            self._fetched.setdefault(digest, []).append(how)
            return self._offered.get(digest) if how == "signed" else None


class _EarGate(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ear: HttpEar

    def do_POST(self) -> None:
        body = self.rfile.read(min(MOST, int(self.headers.get("content-length") or 0)))
        if self.path != GATE + "/messages":
            return self._say(404, b"")
        try:
            raws = [json.dumps(message).encode() for message in json.loads(body)["messages"]]
        except (ValueError, KeyError, TypeError):
            return self._say(400, b"")
        return self._say(200, json.dumps({"answers": [self.ear.take(raw) for raw in raws]}).encode())

    def do_GET(self) -> None:
        if self.path.startswith(GATE + "/blobs/"):
            content = self.ear.hand_out(self.path, self.headers.get("authorization", ""))
            return self._say(401, b"") if content is None else self._say(200, content, "application/pdf")
        return self._say(404, b"")

    def _say(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
