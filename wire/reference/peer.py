"""A stand-alone node that speaks protocol 1: only ``tongban_wire`` and the standard library.

For people who write a node of their own: what a gate has to do, in one file. It takes messages, receipts them, applies
each stream in order, fetches attachments, hands its own out, and says one sentence of its own: it offers no items, so
every filing is declined. Evidence is kept in SQLite before a receipt is given.

    python peer.py --node peer --key peer.key --trust trust-list.jws --root FINGERPRINT --port 8070 --data peer.db
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sqlite3
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tongban_wire.envelope import ChainHeader, Draft, Envelope, Receipt, open_envelope, open_receipt, seal, seal_receipt
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.messages import FilingDeclined, FilingSubmitted
from tongban_wire.problems import WireProblem
from tongban_wire.requests import sign_request, verify_request
from tongban_wire.strict import write_instant
from tongban_wire.trust import TrustList, open_trust_list
from tongban_wire.words import NotUnderstood

GATE = "/gate/v1"
MOST_MESSAGES = 20
MOST_BYTES = 5_500_000
MOST_HEADS = 500
MOST_ATTACHMENT = 10 * 1024 * 1024
SPACE = re.compile(r"\s*")

TABLES = """
CREATE TABLE IF NOT EXISTS inbound (
  sender TEXT, id TEXT, stream TEXT, position INTEGER, digest TEXT, raw BLOB, receipt TEXT, understood INTEGER,
  applied INTEGER DEFAULT 0, at TEXT, UNIQUE (sender, id), UNIQUE (sender, stream, position));
CREATE TABLE IF NOT EXISTS outbound (
  id TEXT PRIMARY KEY, receiver TEXT, stream TEXT, position INTEGER, raw BLOB, digest TEXT, receipt TEXT,
  UNIQUE (receiver, stream, position));
CREATE TABLE IF NOT EXISTS facts (subject TEXT, position INTEGER, digest TEXT, UNIQUE (subject, position));
CREATE TABLE IF NOT EXISTS wanted (sender TEXT, digest TEXT, content BLOB, UNIQUE (sender, digest));
CREATE TABLE IF NOT EXISTS offered (node TEXT, digest TEXT, content BLOB, UNIQUE (node, digest));
"""


class Refused(Exception):
    """The whole request, with an HTTP status and a problem code."""

    def __init__(self, status: int, code: str, whose: str = "sender") -> None:
        super().__init__(code)
        self.status, self.code, self.whose = status, code, whose


class Peer:
    """The node: its key, the trust list, its tables. Every public method may be called from any thread."""

    def __init__(self, node: str, key: SigningKey, signed_list: bytes, root: str, data: str) -> None:
        self.node, self.key, self.signed_list = node, key, signed_list
        self.trust: TrustList = open_trust_list(signed_list, root)
        self.lock = threading.RLock()
        self.wake = threading.Event()
        self.nonces: set[tuple[str, str]] = set()  # a node that runs for long forgets those older than ten minutes
        self.db = sqlite3.connect(data, check_same_thread=False, isolation_level=None)
        self.db.executescript(TABLES)
        self.db.execute("PRAGMA synchronous = FULL")

    # --- taking in ------------------------------------------------------------------------------------------------
    def take(self, raws: list[bytes]) -> list[dict[str, Any]]:
        """One answer per message, in order."""
        answers = [self.take_one(raw, datetime.now(UTC)) for raw in raws]
        self.wake.set()
        return answers

    def take_one(self, raw: bytes, at: datetime) -> dict[str, Any]:
        """Verify, store, receipt. A duplicate gets its first receipt; a contradiction is refused by its name."""
        try:
            envelope = open_envelope(raw, self.trust, receiver=self.node, at=at)
        except WireProblem as problem:
            if problem.code == "key.not_valid_then" and (again := self.taken_before(raw)) is not None:
                return again
            return {"problem": {"code": problem.code, "whose": problem.whose, "retry": problem.retry}}
        with self.lock:
            known = self.db.execute(
                "SELECT digest, receipt, understood FROM inbound WHERE sender = ? AND id = ?",
                (envelope.sender, str(envelope.id)),
            ).fetchone()
            if known is not None:
                if known[0] != envelope.digest:
                    return refusal("message.id_reused")
                return receipted(known[1], bool(known[2]))
            understood = not isinstance(envelope.message, NotUnderstood)
            receipt = self.receipt_for(envelope, at)
            try:
                self.db.execute(
                    "INSERT INTO inbound VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
                    (envelope.sender, str(envelope.id), envelope.stream_subject, envelope.position, envelope.digest,
                     raw, receipt, int(understood), at.isoformat()),
                )  # fmt: skip
            except sqlite3.IntegrityError:
                return refusal("message.position_taken")
        return receipted(receipt, understood)

    def taken_before(self, raw: bytes) -> dict[str, Any] | None:
        """The first receipt for bytes that were taken while their key was valid: it may have been lost on its way."""
        digest = digest_of(str(json.loads(raw)["jws"]).encode())
        with self.lock:
            row = self.db.execute("SELECT receipt, understood FROM inbound WHERE digest = ?", (digest,)).fetchone()
        return receipted(row[0], bool(row[1])) if row else None

    def adopt(self, signed_list: bytes, root: str) -> bool:
        """Believe a newer list: new keys count from now on, ended ones no more. False if it is not newer."""
        newer = open_trust_list(signed_list, root, at=datetime.now(UTC))
        with self.lock:
            if newer.version <= self.trust.version:
                return False
            self.trust, self.signed_list = newer, signed_list
        self.wake.set()
        return True

    def receipt_for(self, envelope: Envelope, at: datetime) -> str:
        receipt = Receipt(
            message_id=envelope.id, digest=envelope.digest, sender=envelope.sender, receiver=self.node,
            stream_subject=envelope.stream_subject, position=envelope.position, stored_at=at,
        )  # fmt: skip
        return seal_receipt(receipt, self.key)

    # --- having effects -------------------------------------------------------------------------------------------
    def apply(self) -> None:
        """Apply every stream as far as it goes, position by position; a gap or a riddle holds its stream."""
        with self.lock:
            streams = self.db.execute("SELECT DISTINCT sender, stream FROM inbound WHERE applied = 0").fetchall()
            for sender, stream in streams:
                self.apply_stream(sender, stream)

    def apply_stream(self, sender: str, stream: str) -> None:
        done = self.db.execute(
            "SELECT coalesce(max(position), 0) FROM inbound WHERE sender = ? AND stream = ? AND applied = 1",
            (sender, stream),
        ).fetchone()[0]
        while True:
            row = self.db.execute(
                "SELECT id, raw, understood, at FROM inbound WHERE sender = ? AND stream = ? AND position = ?",
                (sender, stream, done + 1),
            ).fetchone()
            if row is None or not row[2]:
                return
            arrived = datetime.fromisoformat(row[3])  # its key may have ended since
            envelope = open_envelope(row[1], self.trust, receiver=self.node, at=arrived)
            self.db.execute("BEGIN IMMEDIATE")  # the effect and the mark that it was had are one commit
            self.have_effect(envelope)
            self.db.execute("UPDATE inbound SET applied = 1 WHERE sender = ? AND id = ?", (sender, row[0]))
            self.db.execute("COMMIT")
            done += 1

    def have_effect(self, envelope: Envelope) -> None:
        """Inside a transaction. A filing: fetch its papers, decline it, for this node offers no items."""
        message = envelope.message
        for attachment in getattr(message, "attachments", ()):
            self.db.execute("INSERT OR IGNORE INTO wanted VALUES (?, ?, NULL)", (envelope.sender, attachment.digest))
        if isinstance(message, FilingSubmitted):
            declined = FilingDeclined(
                filing_id=message.filing_id, filing_number=message.filing_number, revision=message.revision,
                reason="item_version_unknown",
            )  # fmt: skip
            self.say(envelope.sender, message.filing_id, declined)

    # --- saying ---------------------------------------------------------------------------------------------------
    def say(self, receiver: str, filing_id: uuid.UUID, message: FilingDeclined) -> None:
        """A fact in the filing's chain here, and the sealed message about it, in the caller's transaction."""
        subject, stream = f"copy:{filing_id}", f"filing:{filing_id}"
        previous = self.db.execute(
            "SELECT position, digest FROM facts WHERE subject = ? ORDER BY position DESC LIMIT 1", (subject,)
        ).fetchone() or (0, None)
        position = previous[0] + 1
        digest = digest_of(json.dumps([subject, position, previous[1], message.body()]).encode())
        self.db.execute("INSERT INTO facts VALUES (?, ?, ?)", (subject, position, digest))
        last = self.db.execute(
            "SELECT coalesce(max(position), 0) FROM outbound WHERE receiver = ? AND stream = ?", (receiver, stream)
        ).fetchone()[0]
        chain = ChainHeader(
            subject_type="filing", subject_id=filing_id, position=position, name="filing.declined", digest=digest,
            previous=previous[1],
        )  # fmt: skip
        sealed = seal(
            Draft(id=uuid.uuid4(), sender=self.node, receiver=receiver, stream_subject=stream, position=last + 1,
                  at=datetime.now(UTC), chain=chain, message=message),
            self.key,
        )  # fmt: skip
        self.db.execute(
            "INSERT INTO outbound VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (str(sealed.id), receiver, stream, last + 1, sealed.raw, sealed.digest),
        )

    def deliver(self) -> None:
        """Send what has no receipt yet, in order; keep the receipts that verify. What fails stays and is sent again."""
        with self.lock:
            rows = self.db.execute(
                "SELECT id, receiver, raw, digest FROM outbound WHERE receipt IS NULL ORDER BY rowid LIMIT ?",
                (MOST_MESSAGES,),
            ).fetchall()
        for receiver in dict.fromkeys(row[1] for row in rows):
            mine = [row for row in rows if row[1] == receiver]
            body = b'{"messages":[' + b",".join(row[2] for row in mine) + b"]}"
            status, _, answer = self.ask(receiver, "POST", "/messages", body, {"Content-Type": "application/json"})
            if status != 200:
                continue
            for row, said in zip(mine, json.loads(answer)["answers"], strict=True):
                self.keep_receipt(row[0], row[3], said.get("receipt"))

    def keep_receipt(self, message_id: str, digest: str, text: object) -> None:
        if not isinstance(text, str):
            return
        try:
            receipt = open_receipt(text, self.trust, datetime.now(UTC))
        except WireProblem:
            return
        if (str(receipt.message_id), receipt.digest) == (message_id, digest):
            with self.lock:
                self.db.execute("UPDATE outbound SET receipt = ? WHERE id = ?", (text, message_id))

    def fetch(self) -> None:
        """Fetch the attachments that messages named, with signed requests; keep what has the right digest."""
        with self.lock:
            rows = self.db.execute("SELECT sender, digest FROM wanted WHERE content IS NULL").fetchall()
        for sender, digest in rows:
            path = f"{GATE}/blobs/{digest}"
            signed = sign_request(self.key, "GET", path, datetime.now(UTC), uuid.uuid4().hex, receiver=sender)
            status, _, content = self.ask(sender, "GET", f"/blobs/{digest}", b"", {"Authorization": signed})
            if status == 200 and digest_of(content) == digest:
                with self.lock:
                    self.db.execute(
                        "UPDATE wanted SET content = ? WHERE sender = ? AND digest = ?", (content, sender, digest)
                    )

    def ask(self, node: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One request to another node, whose address is the one of the trust list; (0, …) if it does not answer."""
        entry = self.trust.node(node)
        if entry is None:
            return 0, {}, b""
        place = urlsplit(entry.address)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        connection = kind(place.netloc, timeout=10)
        try:
            connection.request(method, place.path.rstrip("/") + GATE + path, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read(MOST_ATTACHMENT + 1)
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()

    def work(self, stop: threading.Event) -> None:
        """Apply, fetch and deliver whenever something came, and twice a second."""
        while not stop.is_set():
            self.wake.wait(0.5)
            self.wake.clear()
            for duty in (self.apply, self.fetch, self.deliver):
                try:
                    duty()
                except (OSError, ValueError, WireProblem, sqlite3.Error) as error:
                    print(f"{duty.__name__}: {error}", flush=True)  # noqa: T201 - a program for a terminal

    # --- handing out ----------------------------------------------------------------------------------------------
    def offer(self, node: str, content: bytes) -> str:
        """Let another node fetch these bytes; returns their digest."""
        with self.lock:
            self.db.execute("INSERT OR IGNORE INTO offered VALUES (?, ?, ?)", (node, digest_of(content), content))
        return digest_of(content)

    def attachment(self, digest: str, path: str, authorization: str) -> bytes:
        try:
            asking = verify_request(
                authorization, self.trust, method="GET", path=path, receiver=self.node, at=datetime.now(UTC)
            )
        except WireProblem:
            raise Refused(401, "request.unauthenticated") from None
        with self.lock:
            row = self.db.execute(
                "SELECT content FROM offered WHERE node = ? AND digest = ?", (asking.sender, digest)
            ).fetchone()
        if row is None:
            raise Refused(404, "request.not_found")
        return bytes(row[0])

    def heads(self, node: str, after: str) -> dict[str, Any]:
        """How far each stream to ``node`` goes, with the digest of everything said in it."""
        with self.lock:
            rows = self.db.execute(
                "SELECT stream, digest FROM outbound WHERE receiver = ? AND stream > ? ORDER BY stream, position",
                (node, after),
            ).fetchall()
        streams: dict[str, list[str]] = {}
        for stream, digest in rows:
            streams.setdefault(stream, []).append(digest)
        shown = list(streams.items())[:MOST_HEADS]
        found = [
            {"subject": stream, "last": len(digests), "digest": digest_of("".join(f"{d}\n" for d in digests).encode())}
            for stream, digests in shown
        ]
        return {"streams": found, "next": len(shown) == MOST_HEADS}

    def said(self, node: str, stream: str, first: int) -> list[bytes]:
        """What was said to ``node`` in a stream from a position on, as it was signed."""
        with self.lock:
            rows = self.db.execute(
                "SELECT raw FROM outbound WHERE receiver = ? AND stream = ? AND position >= ? "
                "ORDER BY position LIMIT ?",
                (node, stream, first, MOST_MESSAGES),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def asking(self, path: str, authorization: str) -> str:
        """The node that signed this very request, now, for the first time."""
        try:
            asked = verify_request(
                authorization, self.trust, method="GET", path=path, receiver=self.node, at=datetime.now(UTC)
            )
        except WireProblem:
            raise Refused(401, "request.unauthenticated") from None
        with self.lock:
            new = (asked.sender, asked.nonce) not in self.nonces
            self.nonces.add((asked.sender, asked.nonce))
        if not new:
            raise Refused(401, "request.unauthenticated")
        return asked.sender

    def description(self) -> dict[str, Any]:
        return {
            "node": self.node, "name": self.node, "protocol": [1], "key": self.key.kid,
            "trust_list": {"version": self.trust.version, "expires_at": write_instant(self.trust.expires_at)},
            "limits": {"messages": MOST_MESSAGES, "bytes": MOST_BYTES, "attachment": MOST_ATTACHMENT},
            "time": write_instant(datetime.now(UTC)),
        }  # fmt: skip


def refusal(code: str) -> dict[str, Any]:
    return {"problem": {"code": code, "whose": "sender", "retry": False}}


def receipted(receipt: str, understood: bool) -> dict[str, Any]:
    return {"receipt": receipt} if understood else {"receipt": receipt, "understood": False}


def split(body: bytes) -> list[bytes]:
    """The messages of ``{"messages": [...]}`` as the bytes that came; what is kept is never written anew."""
    try:
        text = body.decode("utf-8")
        outer = json.loads(text)
        if not isinstance(outer, dict) or not isinstance(outer.get("messages"), list):
            raise ValueError("not a batch")
        at = text.index("[", text.index('"messages"')) + 1
        decoder, found = json.JSONDecoder(), []
        for _ in outer["messages"]:
            at = SPACE.match(text, at).end()  # type: ignore[union-attr]
            _, end = decoder.raw_decode(text, at)
            found.append(text[at:end].encode())
            at = SPACE.match(text, end).end() + 1  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        raise Refused(400, "request.malformed") from None
    return found


class Gate(BaseHTTPRequestHandler):
    """``/gate/v1``: node, trust-list, messages, streams, blobs."""

    protocol_version = "HTTP/1.1"
    peer: Peer

    def do_GET(self) -> None:
        self.guarded(self.get)

    def do_POST(self) -> None:
        self.guarded(self.post)

    def get(self) -> None:
        if self.path == GATE + "/node":
            return self.say(200, json.dumps(self.peer.description()).encode())
        if self.path == GATE + "/trust-list":
            return self.say(200, self.peer.signed_list, {"Content-Type": "application/jose"})
        if self.path.startswith(GATE + "/blobs/"):
            return self.hand_out(self.path.rpartition("/")[2])
        if self.path.startswith(GATE + "/streams"):
            return self.tell_streams()
        raise Refused(405 if self.path == GATE + "/messages" else 404, "request.not_found")

    def post(self) -> None:
        if self.path != GATE + "/messages":
            raise Refused(404, "request.not_found")
        body = self.body()
        if self.headers.get_content_type() != "application/json":
            raise Refused(415, "request.unsupported_media_type")
        raws = split(body)
        if len(raws) > MOST_MESSAGES:
            raise Refused(413, "request.too_large")
        self.say(200, json.dumps({"answers": self.peer.take(raws)}).encode())

    def body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Refused(411, "request.malformed")
        if int(length) > MOST_BYTES:
            self.rfile.read(min(int(length), 2 * MOST_BYTES))
            raise Refused(413, "request.too_large")
        return self.rfile.read(int(length))

    def tell_streams(self) -> None:
        asking = self.peer.asking(self.path, self.headers.get("Authorization", ""))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if parts.path == GATE + "/streams":
            return self.say(200, json.dumps(self.peer.heads(asking, query.get("after", ""))).encode())
        first = query.get("first", "1")
        if not (first.isascii() and first.isdigit() and len(first) < 10):
            raise Refused(400, "request.malformed")
        raws = self.peer.said(asking, unquote(parts.path.rpartition("/")[2]), int(first))
        return self.say(200, b'{"messages":[' + b",".join(raws) + b"]}")

    def hand_out(self, digest: str) -> None:
        content = self.peer.attachment(digest, self.path, self.headers.get("Authorization", ""))
        wanted = re.fullmatch(r"bytes=(\d{1,12})-", self.headers.get("Range", ""))
        offset, size = (int(wanted[1]) if wanted else 0), len(content)
        if wanted and offset >= size:
            return self.say(416, b"", {"Content-Range": f"bytes */{size}"})
        extra = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        if wanted:
            extra["Content-Range"] = f"bytes {offset}-{size - 1}/{size}"
        return self.say(206 if wanted else 200, content[offset:], extra)

    def guarded(self, answer: Any) -> None:
        try:
            answer()
        except Refused as refused:
            body = {"code": refused.code, "whose": refused.whose, "status": refused.status}
            self.close_connection = True
            self.say(refused.status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})

    def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def serve(peer: Peer, port: int, host: str = "127.0.0.1") -> tuple[ThreadingHTTPServer, threading.Event]:
    """Start the gate and the worker in threads; ``shutdown()`` the one and ``set()`` the other to end."""
    server = ThreadingHTTPServer((host, port), type("Gate", (Gate,), {"peer": peer}))
    server.daemon_threads = True
    stop = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=peer.work, args=(stop,), daemon=True).start()
    return server, stop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("node", "key", "trust", "root"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument("--data", default="peer.db")
    parser.add_argument("--offer", nargs=2, metavar=("NODE", "FILE"), help="let a node fetch a file")
    args = parser.parse_args()
    key = SigningKey.from_pem(Path(args.key).read_bytes(), args.node)
    peer = Peer(args.node, key, Path(args.trust).read_bytes().strip(), args.root, args.data)
    if args.offer:
        print("offered", peer.offer(args.offer[0], Path(args.offer[1]).read_bytes()), flush=True)  # noqa: T201
    _, stop = serve(peer, args.port)
    print(f"{args.node} answers at http://127.0.0.1:{args.port}{GATE}/node", flush=True)  # noqa: T201
    stop.wait()


if __name__ == "__main__":
    main()
