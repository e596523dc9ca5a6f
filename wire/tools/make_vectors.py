"""Writes the golden vectors of the protocol: good and bad messages from fixed keys, times and salts.

``python wire/tools/make_vectors.py [FOLDER]`` (default ``tests/vectors``): those of Ed25519 there, those of SM2 in the
folder ``sm2`` beside. The files are committed; a test says when the program would write them differently. Other
implementations read the files, not this program.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from vector_days import day_books, private_number
from vector_world import (
    AT,
    CASE,
    DUE,
    FILE,
    FOLDER,
    K00,
    K14,
    K44,
    K63,
    KEYS,
    NEXT63,
    NEXT_FROM,
    NUMBER,
    OF_CASE,
    OLD63,
    RETIRED,
    REVOKED63,
    REVOKED_AT,
    ROOT,
    SALT,
    SENTENCES,
    SIGNATURES,
    STRANGER,
    SUITE,
    TRUST,
    draft,
)  # fmt: skip

from tongban_wire import enrolment, envelope, jws, messages, requests, trust
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.strict import b64url, unb64url, write_instant, write_json

SUBMITTED = draft(K44, SENTENCES[0][1])
GOOD = envelope.seal(SUBMITTED, K44, salt=SALT)


def outer(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(raw)
    return found


def event_of(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jws.payload_of(outer(raw)["jws"]))
    return found


def signed(payload: bytes, signer: SigningKey = K44, typ: str = jws.ENVELOPE) -> bytes:
    return write_json({"jws": jws.sign(payload, signer, typ), "parts": outer(GOOD.raw)["parts"]})


def with_event(change: Callable[[dict[str, Any]], None], signer: SigningKey = K44) -> bytes:
    event = event_of(GOOD.raw)
    change(event)
    return signed(write_json(event), signer)


def with_header(header: dict[str, Any], signer: SigningKey = K44) -> bytes:
    """The good payload, properly signed by ``signer`` under another header."""
    first = b64url(write_json(header)) + "." + outer(GOOD.raw)["jws"].split(".")[1]
    return write_json({**outer(GOOD.raw), "jws": first + "." + b64url(signer.sign(first.encode()))})


def with_segment(index: int, change: Callable[[str], str]) -> bytes:
    segments = outer(GOOD.raw)["jws"].split(".")
    segments[index] = change(segments[index])
    return write_json({**outer(GOOD.raw), "jws": ".".join(segments)})


def flip(text: str) -> str:
    raw = bytearray(unb64url(text, "jws.malformed"))
    raw[5] ^= 1
    return b64url(bytes(raw))


def stray_bits(text: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


HEADER = {"alg": SUITE.alg, "kid": K44.kid, "typ": jws.ENVELOPE}
PERSONAL = outer(GOOD.raw)["parts"]["personal"]
NOTICE = messages.NotUnderstood(unknown_type="cn.tongban.case.urged/1", data={"case_id": str(CASE)})
GOOD_TEXT = GOOD.raw.decode()
PAYLOAD = jws.payload_of(outer(GOOD.raw)["jws"])
PARTS = outer(GOOD.raw)["parts"]


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(event: dict[str, Any]) -> None:
        *way, last = path.split("/")
        for step in way:
            event = event[step]
        event[last] = value

    return change


# name → (raw, expected problem). "jose": what an ordinary JOSE library says of the signature alone.
BAD: dict[str, tuple[bytes, str, str]] = {
    "not JSON": (b"hello", "json.malformed", "none"),
    "an array": (b"[]", "envelope.malformed", "none"),
    "nothing signed": (b"{}", "envelope.malformed", "none"),
    "an unknown member beside the signature": (
        write_json({**outer(GOOD.raw), "extra": 1}), "envelope.malformed", "good"),
    "the same key twice outside": (
        (GOOD_TEXT[:-1] + ',"jws":"x.y.z"}').encode(), "json.duplicate_key", "none"),
    "the same key twice inside the signed bytes": (
        signed(PAYLOAD[:-1] + b',"receiver":"63"}'), "json.duplicate_key", "good"),
    "NaN inside the signed bytes": (
        signed(PAYLOAD.replace(b'"position":1', b'"position":NaN')), "json.malformed", "good"),
    "NUL in a text": (with_event(_set("data/body/filing_number", "44\x00")), "json.malformed", "good"),
    "half a surrogate in a text": (
        signed(PAYLOAD.replace(NUMBER.encode(), b"\\ud800")), "json.malformed", "good"),
    "alg none": (
        write_json({**outer(GOOD.raw), "jws": b64url(write_json({**HEADER, "alg": "none"})) + "."
                    + outer(GOOD.raw)["jws"].split(".")[1] + "."}), "jws.algorithm_unknown", "bad"),
    "alg HS256 with the public key as the secret": (
        with_header({**HEADER, "alg": "HS256"}), "jws.algorithm_unknown", "bad"),
    "an algorithm of tomorrow": (with_header({**HEADER, "alg": "ML-DSA-65"}), "jws.algorithm_unknown", "bad"),
    "the other suite's name over this suite's key": (
        with_header({**HEADER, "alg": "SM2-SM3" if SUITE.alg == "EdDSA" else "EdDSA"}), "jws.algorithm_wrong", "bad"),
    "crit": (with_header({**HEADER, "crit": ["exp"], "exp": 1}), "jws.header_not_allowed", "bad"),
    "a key in the header": (
        with_header({**HEADER, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": STRANGER.public.public}}, STRANGER),
        "jws.header_not_allowed", "bad"),
    "no typ": (with_header({"alg": SUITE.alg, "kid": K44.kid}), "jws.header_not_allowed", "good"),
    "typ of a receipt": (with_header({**HEADER, "typ": jws.RECEIPT}), "jws.wrong_type", "good"),
    "payload altered": (with_segment(1, flip), "signature.wrong", "bad"),
    "signature altered": (with_segment(2, flip), "signature.wrong", "bad"),
    "signature with stray bits": (with_segment(2, stray_bits), "jws.malformed", "lax"),
    "signature with padding": (with_segment(2, lambda s: s + "=="), "jws.malformed", "lax"),
    "signature cut off": (with_segment(2, lambda s: s[:-2]), "signature.wrong", "bad"),
    "two segments": (
        write_json({**outer(GOOD.raw), "jws": outer(GOOD.raw)["jws"].rpartition(".")[0]}), "jws.malformed", "bad"),
    "a key nobody knows": (signed(PAYLOAD, STRANGER), "key.unknown", "bad"),
    "a stranger under the id of a known key": (with_header(HEADER, STRANGER), "signature.wrong", "bad"),
    "a key no longer valid": (
        envelope.seal(draft(OLD63, SENTENCES[12][1]), OLD63).raw, "key.not_valid_then", "good"),
    "a key announced and not yet valid": (
        envelope.seal(draft(NEXT63, SENTENCES[12][1]), NEXT63).raw, "key.not_valid_then", "good"),
    "a key that was revoked an hour ago": (
        envelope.seal(draft(REVOKED63, SENTENCES[12][1]), REVOKED63).raw, "key.not_valid_then", "good"),
    "a type whose last day is over": (with_event(_set("type", RETIRED)), "message.retired", "good"),
    "another node's key": (with_event(lambda e: None, K63), "key.not_the_senders", "good"),
    "another source": (with_event(_set("source", "/nodes/14")), "key.not_the_senders", "good"),
    "for another node": (with_event(_set("receiver", "14")), "envelope.wrong_receiver", "good"),
    "from the future": (
        with_event(_set("time", write_instant(AT + timedelta(minutes=6)))), "envelope.from_the_future", "good"),
    "a sentence the sender may not say": (
        envelope.seal(draft(K14, SENTENCES[8][1]), K14).raw, "power.not_allowed", "good"),
    "a directory that speaks of filings": (
        envelope.seal(draft(K00, SENTENCES[3][1]), K00).raw, "power.not_allowed", "good"),
    "a missing field": (with_event(lambda e: e["data"]["body"].pop("mode")), "message.malformed", "good"),
    "a number where a text belongs": (with_event(_set("data/body/filing_number", 7)), "message.malformed", "good"),
    "true where a number belongs": (with_event(_set("data/body/revision", True)), "message.malformed", "good"),
    "an unknown mode": (with_event(_set("data/body/mode", "teleport")), "message.malformed", "good"),
    "a day that does not exist": (
        with_event(lambda e: (e.update(type="cn.tongban.case.accepted/1"), e["data"].update(
            body={**messages.CaseAccepted(**OF_CASE, deemed=False, accepted_on=date(2026, 2, 1), handling_days=5,
                                   handling_due=DUE).body(), "accepted_on": "2026-02-30"}))[0]),
        "message.malformed", "good"),
    "a type without a version": (
        with_event(_set("type", "cn.tongban.filing.submitted")), "message.malformed", "good"),
    "position zero": (with_event(_set("position", 0)), "envelope.malformed", "good"),
    "no time": (with_event(lambda e: e.pop("time")), "envelope.malformed", "good"),
    "a time without offset": (with_event(_set("time", "2026-03-02T01:30:00")), "envelope.malformed", "good"),
    "an id that is no UUID": (with_event(_set("id", "1")), "envelope.malformed", "good"),
    "CloudEvents of another version": (with_event(_set("specversion", "0.3")), "envelope.malformed", "good"),
    "no chain": (with_event(lambda e: e["data"].pop("chain")), "envelope.malformed", "good"),
    "the personal part altered": (
        write_json({**outer(GOOD.raw), "parts": {"personal": flip(PERSONAL)}}), "envelope.personal_wrong", "good"),
    "a personal part that was not signed": (
        with_event(lambda e: e["data"].pop("personal")), "envelope.personal_wrong", "good"),
    "the personal part withheld": (
        write_json({**outer(GOOD.raw), "parts": {}}), "envelope.personal_missing", "good"),
}  # fmt: skip


def spoilt() -> list[dict[str, Any]]:
    """Of every sentence two that are properly signed and wrong: a required field is missing, or holds a list."""
    found = []
    for number, (signer, message) in enumerate(SENTENCES, start=1):
        one = draft(signer, message, number)
        sealed = envelope.seal(one, signer, salt=SALT)
        name = next(
            f.name for f in dataclasses.fields(message)
            if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        )  # fmt: skip
        for what, change in (
            ("without", lambda body, of: body.pop(of)),
            ("a list as", lambda body, of: body.update({of: [[]]})),
        ):
            event = event_of(sealed.raw)
            change(event["data"]["body"], name)
            raw = write_json({**outer(sealed.raw), "jws": jws.sign(write_json(event), signer, jws.ENVELOPE)})
            found.append(_bad(f"{message.type} {what} {name}", raw, one.receiver, "message.malformed", "good"))
    return found


def _bad(name: str, raw: bytes, receiver: str, problem: str, jose: str) -> dict[str, Any]:
    return {"name": name, "raw": raw.decode(), "receiver": receiver, "at": write_instant(AT), "problem": problem,
            "jose": jose}  # fmt: skip


FROM_63 = frozenset(
    ("a key no longer valid", "a key announced and not yet valid", "a key that was revoked an hour ago")
)


def good_envelopes() -> list[dict[str, Any]]:
    found = []
    for number, (signer, message) in enumerate(SENTENCES, start=1):
        one = draft(signer, message, number)
        sealed = envelope.seal(one, signer, salt=SALT)
        found.append(_case(message.type, sealed.raw, one.receiver, sealed.digest, message))
    unknown = envelope.seal(draft(K63, NOTICE), K63)
    extra = with_event(_set("data/body/color", "red"))
    erased = envelope.erase_personal(GOOD.raw)
    return [
        *found,
        _case("an unknown type: to be stored and parked", unknown.raw, "44", unknown.digest, NOTICE),
        _case("an unknown field: ignored", extra, "63", digest_of(outer(extra)["jws"].encode()), SENTENCES[0][1]),
        {**_case("the personal part erased", erased, "63", GOOD.digest, SENTENCES[0][1]),
         "erased_ok": True, "personal_erased": True, "personal": None},
        _under("before its key was revoked", REVOKED63, REVOKED_AT - timedelta(minutes=1)),
        _under("a new key from the moment it was announced for", NEXT63, NEXT_FROM),
        {**_case("under an expired list", GOOD.raw, "63", GOOD.digest, SENTENCES[0][1]),
         "at": write_instant(TRUST.expires_at), "list_expired": True},
    ]  # fmt: skip


def _under(name: str, signer: SigningKey, at: datetime) -> dict[str, Any]:
    """A message under a key of 63 that arrives at ``at``, when the key is valid and it was not or will not be at AT."""
    one = dataclasses.replace(draft(signer, SENTENCES[12][1]), at=at - timedelta(minutes=1))
    sealed = envelope.seal(one, signer)
    return {**_case(name, sealed.raw, one.receiver, sealed.digest, one.message), "at": write_instant(at)}


def _case(name: str, raw: bytes, receiver: str, digest: str, message: messages.Message) -> dict[str, Any]:
    return {
        "name": name, "raw": raw.decode(), "receiver": receiver, "at": write_instant(AT), "digest": digest,
        "type": message.type, "body": message.body(), "personal": message.personal, "jose": "good",
    }  # fmt: skip


def documents() -> dict[str, Any]:
    receipt = envelope.Receipt(
        message_id=GOOD.id, digest=GOOD.digest, sender="44", receiver="63", stream_subject=SUBMITTED.stream_subject,
        position=1, stored_at=AT,
    )  # fmt: skip
    sealed_receipt = envelope.seal_receipt(receipt, K63)
    path = f"/gate/v1/blobs/{FILE.digest}"
    return {
        "keys.json": {
            name: {"seed": hashlib.sha256(f"tongban vector key {name.replace('-', ' ')}".encode()).hexdigest(),
                   "kid": k.kid, "alg": k.alg, "public": k.public.public, "fingerprint": k.public.fingerprint,
                   **private_number(name)}
            for name, k in KEYS.items()
        },
        "trust_list.json": {
            "root_fingerprint": ROOT.public.fingerprint,
            "trust_list": trust.seal_trust_list(TRUST, ROOT).decode(),
            "signed_by_another_root": trust.seal_trust_list(TRUST, K44).decode(),
            "issued_at": write_instant(TRUST.issued_at), "expires_at": write_instant(TRUST.expires_at),
            "regions": [["440106", "44"], ["630000", "63"], ["140100", "14"], ["110101", None]],
        },
        "envelopes.json": good_envelopes(),
        "bad_envelopes.json": [
            _bad(name, raw, "44" if name in FROM_63 else "63", problem, jose)
            for name, (raw, problem, jose) in BAD.items()
        ] + spoilt(),
        "receipts.json": [
            {"name": "stored", "at": write_instant(AT), "problem": None,
             "receipt": sealed_receipt, "message": GOOD_TEXT},
            {"name": "signed by the sender of the message", "at": write_instant(AT), "problem": "key.not_the_senders",
             "receipt": jws.sign(jws.payload_of(sealed_receipt), K44, jws.RECEIPT)},
            {"name": "an envelope passed off as a receipt", "at": write_instant(AT), "problem": "jws.wrong_type",
             "receipt": outer(GOOD.raw)["jws"]},
        ],
        "requests.json": [
            {"name": name, "header": requests.sign_request(K63, "GET", path, AT, "n-1", receiver="44"),
             "method": method, "path": asked, "receiver": receiver, "at": write_instant(at), "problem": problem}
            for name, method, asked, receiver, at, problem in (
                ("good", "GET", path, "44", AT, None),
                ("four minutes later", "GET", path, "44", AT + timedelta(minutes=4), None),
                ("six minutes later", "GET", path, "44", AT + timedelta(minutes=6), "request.stale"),
                ("another path", "GET", path + "0", "44", AT, "request.other_request"),
                ("another method", "DELETE", path, "44", AT, "request.other_request"),
                ("another node", "GET", path, "14", AT, "request.other_request"),
            )
        ] + [
            {"name": "in another node's name", "method": "GET", "path": path, "receiver": "44", "at": write_instant(AT),
             "problem": "key.not_the_senders",
             "header": requests.SCHEME + jws.sign(
                 write_json({"sender": "14", "receiver": "44", "method": "GET", "path": path, "at": write_instant(AT),
                             "nonce": "n-1"}), K63, jws.REQUEST)},
        ],
        "day_books.json": day_books(outer(GOOD.raw)["jws"]),
        "enrolments.json": [
            {"name": "two keys", "problem": None,
             "raw": enrolment.seal_enrolment("63", "青海省", "http://127.0.0.1:8063", [K63, OLD63], AT).decode()},
            {"name": "a key of another node", "problem": "key.not_the_senders",
             "raw": enrolment.seal_enrolment("63", "青海省", "http://127.0.0.1:8063", [K63, K44], AT).decode()},
        ],
    }  # fmt: skip


def rendered() -> dict[str, str]:
    found = documents()
    if SIGNATURES:
        found["signatures.json"] = SIGNATURES
    return {name: json.dumps(doc, ensure_ascii=False, indent=1) + "\n" for name, doc in found.items()}


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "tests" / "vectors")
    (folder / FOLDER).mkdir(exist_ok=True)
    for name, text in rendered().items():
        (folder / FOLDER / name).write_text(text, encoding="utf-8")
    if SUITE.alg == "EdDSA":
        environment = {**os.environ, "TONGBAN_VECTOR_SUITE": "SM2-SM3"}
        subprocess.run([sys.executable, __file__, str(folder)], check=True, env=environment)
