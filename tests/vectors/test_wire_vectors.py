"""The golden vectors, read by our implementation; and whether the committed files are what the program writes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tongban_wire import messages
from tongban_wire.enrolment import open_enrolment
from tongban_wire.envelope import Draft, open_envelope, open_receipt, seal
from tongban_wire.evidence import explain
from tongban_wire.keys import SigningKey
from tongban_wire.problems import CODES, WireProblem
from tongban_wire.reading import to_json
from tongban_wire.requests import verify_request
from tongban_wire.trust import TrustList, open_trust_list

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def named(vectors: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(v, id=v["name"]) for v in vectors]


@pytest.fixture(scope="module")
def trust() -> TrustList:
    doc = read("trust_list.json")
    return open_trust_list(doc["trust_list"].encode(), doc["root_fingerprint"])


def instant(vector: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(vector["at"])


def test_the_committed_vectors_are_what_the_program_writes(tmp_path: Path) -> None:
    program = REPOSITORY / "wire" / "tools" / "make_vectors.py"
    subprocess.run([sys.executable, str(program), str(tmp_path)], check=True, timeout=60)
    written = {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()}
    assert written == {p.name: p.read_text(encoding="utf-8") for p in FOLDER.glob("*.json")}


def test_the_keys_follow_from_their_seeds() -> None:
    for name, doc in read("keys.json").items():
        node = "44" if name == "stranger" else name.removesuffix("-old")
        key = SigningKey.from_seed(bytes.fromhex(doc["seed"]), node)
        assert (key.kid, key.public.public, key.public.fingerprint) == (doc["kid"], doc["public"], doc["fingerprint"])
        assert SigningKey.from_pem(key.to_pem(), key.kid) == key


@pytest.mark.parametrize("vector", named(read("envelopes.json")))
def test_a_good_envelope_opens(vector: dict[str, Any], trust: TrustList) -> None:
    opened = open_envelope(
        vector["raw"].encode(),
        trust,
        receiver=vector["receiver"],
        at=instant(vector),
        erased_ok=vector.get("erased_ok", False),
    )
    assert (opened.digest, opened.message.type) == (vector["digest"], vector["type"])
    assert (opened.message.body(), to_json(opened.message.personal)) == (vector["body"], vector["personal"])
    assert opened.personal_erased is vector.get("personal_erased", False)
    assert opened.list_expired is vector.get("list_expired", False)
    assert opened.traceparent is not None
    understood = not isinstance(opened.message, messages.NotUnderstood)
    assert understood is (vector["type"] in messages.MESSAGES)


def test_every_sentence_of_the_protocol_has_a_vector() -> None:
    assert set(messages.MESSAGES) <= {v["type"] for v in read("envelopes.json")}


@pytest.mark.parametrize("vector", named(read("bad_envelopes.json")))
def test_a_bad_envelope_is_refused_for_its_reason(vector: dict[str, Any], trust: TrustList) -> None:
    with pytest.raises(WireProblem) as refused:
        open_envelope(vector["raw"].encode(), trust, receiver=vector["receiver"], at=instant(vector))
    assert refused.value.code == vector["problem"]
    assert refused.value.whose == CODES[vector["problem"]].whose


def test_sealing_again_what_was_opened_says_the_same(trust: TrustList) -> None:
    keys = {d["kid"]: d["seed"] for d in read("keys.json").values()}
    for vector in read("envelopes.json"):
        if vector.get("erased_ok") or vector["type"] not in messages.MESSAGES:
            continue
        first = open_envelope(
            vector["raw"].encode(), trust, receiver=vector["receiver"], at=datetime.fromisoformat("2026-03-02T01:30Z")
        )
        draft = Draft(**{name: getattr(first, name) for name in Draft.__dataclass_fields__})
        key = SigningKey.from_seed(bytes.fromhex(keys[first.kid]), first.sender)
        again = open_envelope(seal(draft, key).raw, trust, receiver=first.receiver, at=first.at)
        assert Draft(**{name: getattr(again, name) for name in Draft.__dataclass_fields__}) == draft


def test_the_trust_list_opens_under_the_pinned_root_alone(trust: TrustList) -> None:
    doc = read("trust_list.json")
    for region, node in doc["regions"]:
        assert trust.node_of_region(region, date(2026, 3, 2)) == node
    assert trust.node_of_region("440106", date(2024, 12, 31)) is None
    with pytest.raises(WireProblem, match=r"trust\.wrong_root"):
        open_trust_list(doc["signed_by_another_root"].encode(), doc["root_fingerprint"])
    tampered = doc["trust_list"][:-8] + "AAAAAAA" + doc["trust_list"][-1]
    with pytest.raises(WireProblem, match=r"signature\.wrong"):
        open_trust_list(tampered.encode(), doc["root_fingerprint"])


@pytest.mark.parametrize("vector", named(read("receipts.json")))
def test_receipts(vector: dict[str, Any], trust: TrustList) -> None:
    if vector["problem"] is None:
        receipt = open_receipt(vector["receipt"], trust, instant(vector))
        explained = explain(vector["message"].encode(), vector["receipt"], trust, at=instant(vector))
        assert explained.holds
        assert explained.envelope is not None
        assert explained.envelope.digest == receipt.digest
        assert "did not thereby agree" in explained.text()
    else:
        with pytest.raises(WireProblem, match=vector["problem"]):
            open_receipt(vector["receipt"], trust, instant(vector))


@pytest.mark.parametrize("vector", named(read("requests.json")))
def test_signed_requests(vector: dict[str, Any], trust: TrustList) -> None:
    def verify() -> str:
        return verify_request(
            vector["header"],
            trust,
            method=vector["method"],
            path=vector["path"],
            receiver=vector["receiver"],
            at=instant(vector),
        ).sender

    if vector["problem"] is None:
        assert verify() == "63"
    else:
        with pytest.raises(WireProblem, match=vector["problem"]):
            verify()


@pytest.mark.parametrize("vector", named(read("enrolments.json")))
def test_enrolment_requests(vector: dict[str, Any]) -> None:
    if vector["problem"] is None:
        request = open_enrolment(vector["raw"].encode())
        assert (request.node, len(request.keys)) == ("63", 2)
    else:
        with pytest.raises(WireProblem, match=vector["problem"]):
            open_enrolment(vector["raw"].encode())
