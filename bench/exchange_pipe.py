"""The yardstick: a minimal hand-written signed pipe. It writes the same rows into the same tables and applies the same
fact, message by message, each with one commit at either side. No retries, no streams, no reading with care.

``python -m bench.exchange_pipe serve PORT`` is the receiver, ``… send PORT THREADS`` the sender, ``… floor N`` signs,
verifies and commits twice, one after the other. The order comes as JSON on standard input.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import queue
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORDER: dict[str, Any] = json.loads(os.environ["PIPE_ORDER"])
A_KEY = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
B_KEY = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
_local = threading.local()

PENDING = (
    "SELECT seq, message_id::text, stream_subject, position, type, at::text, chain, data FROM exchange_outbound"
    " WHERE receiver = %s AND state = 'pending' ORDER BY seq"
)
DELIVERED = (
    "UPDATE exchange_outbound SET jws = %s, digest = %s, receipt = %s, state = 'delivered', delivered_at = now(),"
    " tries = 1 WHERE seq = %s"
)
STORE = """
WITH stream AS (
  INSERT INTO exchange_inboundstream (sender, stream_subject, applied_position) VALUES (%(sender)s, %(subject)s, 1)
), message AS (
  INSERT INTO exchange_inbound (message_id, sender, stream_subject, position, type, jws, digest, kid, receipt,
                                received_at, state, applied_at)
  VALUES (%(id)s, %(sender)s, %(subject)s, %(position)s, %(type)s, %(jws)s, %(digest)s, 'pipe', %(receipt)s, now(),
          'applied', now())
)
INSERT INTO journal_fact (id, subject_type, subject_id, position, name, version, body, header, digest, previous, actor, at)
VALUES (%(fact)s, 'stone_copy', %(stone)s, 1, 'stone.caught', 0, %(body)s::jsonb, %(header)s, %(fact_digest)s, '',
        'pipe', now())
"""


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def unb64(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def sign(value: Any, key: Ed25519PrivateKey) -> bytes:
    signed = b64(b'{"alg":"EdDSA"}') + b"." + b64(json.dumps(value, separators=(",", ":")).encode())
    return signed + b"." + b64(key.sign(signed))


def verify(jws: bytes, key: Any) -> Any:
    signed, _, signature = jws.rpartition(b".")
    key.verify(unb64(signature), signed)
    return json.loads(unb64(signed.partition(b".")[2]))


def digest(data: bytes) -> str:
    return "sha-256:" + hashlib.sha256(data).hexdigest()


def db(url: str) -> psycopg.Connection[Any]:
    if not hasattr(_local, "db"):
        _local.db = psycopg.connect(url, autocommit=True, prepare_threshold=2)
    return _local.db  # type: ignore[no-any-return]


def take(jws: bytes) -> bytes:
    """The receiver: verify, write everything in one commit, answer with a signed receipt."""
    said = verify(jws, A_KEY.public_key())
    receipt = sign({"message_id": said["id"], "digest": digest(jws), "at": datetime.now(UTC).isoformat()}, B_KEY)
    body = json.dumps({"sender": "44", "params": said["data"]["params"]})
    header = json.dumps({"name": "stone.caught", "body_digest": digest(body.encode())}).encode()
    db(ORDER["b"]).execute(STORE, {
        "sender": ORDER["sender"], "subject": said["subject"], "position": said["position"], "id": said["id"],
        "type": said["type"], "jws": jws.decode(), "digest": digest(jws), "receipt": receipt.decode(),
        "fact": uuid.uuid4(), "stone": said["data"]["filing_id"], "body": body, "header": header,
        "fact_digest": digest(header),
    })  # fmt: skip
    return receipt


def application(environ: dict[str, Any], start: Any) -> list[bytes]:
    receipt = take(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    start("200 OK", [("Content-Length", str(len(receipt)))])
    return [receipt]


def serve(port: int) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    Granian("bench.exchange_pipe:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
            http=HTTPModes.http1, blocking_threads=8, workers=1, websockets=False, log_enabled=False).serve()


def send(port: int, threads: int) -> None:
    with psycopg.connect(ORDER["a"], autocommit=True) as first:
        rows = first.execute(PENDING, [ORDER["receiver"]]).fetchall()
    todo: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for row in rows:
        todo.put(row)
    print("ready", flush=True)
    sys.stdin.readline()

    def work() -> None:
        peer = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            try:
                seq, message_id, subject, position, kind, at, chain, data = todo.get_nowait()
            except queue.Empty:
                return
            jws = sign({"id": message_id, "subject": subject, "position": position, "type": kind, "time": at,
                        "chain": chain, "data": data}, A_KEY)  # fmt: skip
            peer.request("POST", "/", jws)
            receipt = peer.getresponse().read()
            if verify(receipt, B_KEY.public_key())["digest"] != digest(jws):
                raise RuntimeError("a receipt for something else")
            db(ORDER["a"]).execute(DELIVERED, [jws.decode(), digest(jws), receipt.decode(), seq])

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    print(time.monotonic(), flush=True)


def floor(count: int) -> None:
    """Sign, commit at B what was verified, commit at A the receipt; nothing between them, one after the other."""
    a, b = (psycopg.connect(ORDER[side], autocommit=True, prepare_threshold=2) for side in ("a", "b"))
    for side in (a, b):
        side.execute("CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY, jws text)")
    body = {"text": "x" * 1900}
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(count):
        message_id = str(uuid.uuid4())
        jws = sign({"id": message_id, "data": body}, A_KEY)
        verify(jws, A_KEY.public_key())
        b.execute("INSERT INTO bench_floor VALUES (%s, %s)", [message_id, jws.decode()])
        a.execute("INSERT INTO bench_floor VALUES (%s, %s)", [message_id, jws.decode()])
    print(time.monotonic(), flush=True)


if __name__ == "__main__":
    {"serve": serve, "send": send, "floor": floor}[sys.argv[1]](*map(int, sys.argv[2:]))
