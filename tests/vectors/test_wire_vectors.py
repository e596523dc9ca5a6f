"""The golden vectors of both suites, read by us; and whether the committed files are what the program writes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tongban_wire import messages
from tongban_wire.enrolment import open_enrolment
from tongban_wire.envelope import Draft, open_envelope, open_receipt, seal
from tongban_wire.evidence import explain
from tongban_wire.jws import payload_of
from tongban_wire.keys import SigningKey
from tongban_wire.problems import CODES, WireProblem
from tongban_wire.reading import to_json
from tongban_wire.requests import verify_request
from tongban_wire.trust import TrustList, open_trust_list

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]


REASONS = {"envelope", "json", "jws", "signature", "key", "power", "message"}
NOT_IN_ONE_ENVELOPE = {
    "envelope.too_large",  # a vector of a million bytes; tests/rules/test_wire_hostile.py and the conformance kit do it
    "jws.algorithm_unavailable",  # says what is not installed here, not what came
    "key.malformed",  # a key stands on the trust list, in an enrolment or in a file
}

FOLDERS = {"EdDSA": FOLDER, "SM2-SM3": FOLDER / "sm2"}
SUITES = pytest.mark.parametrize("suite", FOLDERS)


def read(suite: str, name: str) -> Any:
    return json.loads((FOLDERS[suite] / name).read_text(encoding="utf-8"))


def both(name: str, member: str | None = None) -> list[Any]:
    """(suite, vector) of every vector in the files of both suites."""
    return [
        pytest.param(suite, vector, id=f"{suite} {vector['name']}")
        for suite in FOLDERS
        for vector in (read(suite, name)[member] if member else read(suite, name))
    ]


@cache
def trust_of(suite: str) -> TrustList:
    doc = read(suite, "trust_list.json")
    return open_trust_list(doc["trust_list"].encode(), doc["root_fingerprint"])


def instant(vector: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(vector["at"])


def test_the_committed_vectors_are_what_the_program_writes(tmp_path: Path) -> None:
    program = REPOSITORY / "wire" / "tools" / "make_vectors.py"
    subprocess.run([sys.executable, str(program), str(tmp_path)], check=True, timeout=60)

    def texts(folder: Path) -> dict[str, str]:
        return {str(p.relative_to(folder)): p.read_text(encoding="utf-8") for p in folder.rglob("*.json")}

    assert texts(tmp_path) == texts(FOLDER)


@SUITES
def test_the_keys_follow_from_their_seeds(suite: str) -> None:
    for name, doc in read(suite, "keys.json").items():
        node = "44" if name == "stranger" else name.partition("-")[0]
        key = SigningKey.from_seed(bytes.fromhex(doc["seed"]), node, suite)
        assert (key.kid, key.public.public, key.public.fingerprint) == (doc["kid"], doc["public"], doc["fingerprint"])
        assert SigningKey.from_pem(key.to_pem(), key.kid) == key


@pytest.mark.parametrize(("suite", "vector"), both("envelopes.json"))
def test_a_good_envelope_opens(suite: str, vector: dict[str, Any]) -> None:
    opened = open_envelope(
        vector["raw"].encode(),
        trust_of(suite),
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


def type_of(vector: dict[str, Any]) -> str | None:
    """What a vector's signed bytes say they are; None if they cannot be read that far."""
    try:
        found: Any = json.loads(payload_of(json.loads(vector["raw"])["jws"]))["type"]
    except (ValueError, KeyError, TypeError, WireProblem):
        return None
    return found if isinstance(found, str) else None


@SUITES
def test_every_sentence_of_the_protocol_has_good_vectors_and_bad_ones(suite: str) -> None:
    assert set(messages.MESSAGES) <= {v["type"] for v in read(suite, "envelopes.json")}
    malformed = [type_of(v) for v in read(suite, "bad_envelopes.json") if v["problem"] == "message.malformed"]
    assert {type_ for type_ in messages.MESSAGES if malformed.count(type_) < 2} == set()


@SUITES
def test_every_reason_to_refuse_an_envelope_has_a_vector(suite: str) -> None:
    spoken = {v["problem"] for v in read(suite, "bad_envelopes.json")}
    of_an_envelope = {code for code in CODES if code.partition(".")[0] in REASONS} - NOT_IN_ONE_ENVELOPE
    assert of_an_envelope - spoken == set()


@pytest.mark.parametrize(("suite", "vector"), both("bad_envelopes.json"))
def test_a_bad_envelope_is_refused_for_its_reason(suite: str, vector: dict[str, Any]) -> None:
    with pytest.raises(WireProblem) as refused:
        open_envelope(vector["raw"].encode(), trust_of(suite), receiver=vector["receiver"], at=instant(vector))
    assert refused.value.code == vector["problem"]
    assert refused.value.whose == CODES[vector["problem"]].whose


@SUITES
def test_sealing_again_what_was_opened_says_the_same(suite: str) -> None:
    keys = {d["kid"]: d["seed"] for d in read(suite, "keys.json").values()}
    for vector in read(suite, "envelopes.json"):
        if vector.get("erased_ok") or vector["type"] not in messages.MESSAGES:
            continue
        first = open_envelope(
            vector["raw"].encode(),
            trust_of(suite),
            receiver=vector["receiver"],
            at=instant(vector),
        )
        draft = Draft(**{name: getattr(first, name) for name in Draft.__dataclass_fields__})
        key = SigningKey.from_seed(bytes.fromhex(keys[first.kid]), first.sender, suite)
        again = open_envelope(seal(draft, key).raw, trust_of(suite), receiver=first.receiver, at=instant(vector))
        assert Draft(**{name: getattr(again, name) for name in Draft.__dataclass_fields__}) == draft


@SUITES
def test_the_trust_list_opens_under_the_pinned_root_alone(suite: str) -> None:
    trust = trust_of(suite)
    doc = read(suite, "trust_list.json")
    for region, node in doc["regions"]:
        assert trust.node_of_region(region, date(2026, 3, 2)) == node
    assert trust.node_of_region("440106", date(2024, 12, 31)) is None
    with pytest.raises(WireProblem, match=r"trust\.wrong_root"):
        open_trust_list(doc["signed_by_another_root"].encode(), doc["root_fingerprint"])
    tampered = doc["trust_list"][:-8] + "AAAAAAA" + doc["trust_list"][-1]
    with pytest.raises(WireProblem, match=r"signature\.wrong"):
        open_trust_list(tampered.encode(), doc["root_fingerprint"])


@pytest.mark.parametrize(("suite", "vector"), both("receipts.json"))
def test_receipts(suite: str, vector: dict[str, Any]) -> None:
    if vector["problem"] is None:
        receipt = open_receipt(vector["receipt"], trust_of(suite), instant(vector))
        explained = explain(vector["message"].encode(), vector["receipt"], trust_of(suite), at=instant(vector))
        assert explained.holds
        assert explained.envelope is not None
        assert explained.envelope.digest == receipt.digest
        assert "did not thereby agree" in explained.text()
    else:
        with pytest.raises(WireProblem, match=vector["problem"]):
            open_receipt(vector["receipt"], trust_of(suite), instant(vector))


@pytest.mark.parametrize(("suite", "vector"), both("requests.json"))
def test_signed_requests(suite: str, vector: dict[str, Any]) -> None:
    def verify() -> str:
        return verify_request(
            vector["header"],
            trust_of(suite),
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


@pytest.mark.parametrize(("suite", "vector"), both("enrolments.json"))
def test_enrolment_requests(suite: str, vector: dict[str, Any]) -> None:
    if vector["problem"] is None:
        request = open_enrolment(vector["raw"].encode())
        assert (request.node, len(request.keys)) == ("63", 2)
    else:
        with pytest.raises(WireProblem, match=vector["problem"]):
            open_enrolment(vector["raw"].encode())
