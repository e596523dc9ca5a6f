"""Whatever bytes arrive, reading them ends in a value or in a WireProblem."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tongban_wire import jws
from tongban_wire.enrolment import open_enrolment
from tongban_wire.envelope import Envelope, erase_personal, open_envelope, open_receipt
from tongban_wire.evidence import explain
from tongban_wire.keys import SigningKey
from tongban_wire.messages import MESSAGES, Message, parse
from tongban_wire.problems import WireProblem
from tongban_wire.requests import verify_request
from tongban_wire.strict import b64url, read_json, unb64url, write_json
from tongban_wire.trust import open_trust_list

VECTORS = Path(__file__).parents[1] / "vectors"
AT = datetime.fromisoformat("2026-03-02T01:30:00Z")


class World:
    """The golden vectors of one suite."""

    def __init__(self, alg: str, folder: Path) -> None:
        def read(name: str) -> Any:
            return json.loads((folder / name).read_text(encoding="utf-8"))

        self.LIST, keys = read("trust_list.json"), read("keys.json")
        self.TRUST = open_trust_list(self.LIST["trust_list"].encode(), self.LIST["root_fingerprint"])
        self.K44 = SigningKey.from_seed(bytes.fromhex(keys["44"]["seed"]), "44", alg)
        self.ROOT = SigningKey.from_seed(bytes.fromhex(keys["root"]["seed"]), "root", alg)
        self.GOOD: bytes = read("envelopes.json")[0]["raw"].encode()
        self.EVENT = json.loads(jws.payload_of(json.loads(self.GOOD)["jws"]))
        self.PARTS = json.loads(self.GOOD)["parts"]


WORLDS = {"EdDSA": World("EdDSA", VECTORS), "SM2-SM3": World("SM2-SM3", VECTORS / "sm2")}
SUITES = pytest.mark.parametrize("w", WORLDS.values(), ids=WORLDS)
SHORTEST = min(len(w.GOOD) for w in WORLDS.values())
EVENT = WORLDS["EdDSA"].EVENT

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += paths(inner, (*here, key))
    return found


def open_quietly(w: World, raw: bytes) -> Envelope | str:
    try:
        return open_envelope(raw, w.TRUST, receiver="63", at=AT)
    except WireProblem as problem:
        return problem.code


@SUITES
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"[" * 200_000)
@example(b'{"a":' * 50_000)
@example(b'{"jws":' + b"9" * 10_000 + b"}")
@example(b'{"jws":1e999}')
@example(b'\xef\xbb\xbf{"jws":""}')
def test_arbitrary_bytes_never_open_and_never_crash(w: World, raw: bytes) -> None:
    assert isinstance(open_quietly(w, raw), str)
    for read in (
        lambda: open_trust_list(raw, w.LIST["root_fingerprint"]),
        lambda: open_receipt(raw.decode("latin-1"), w.TRUST, AT),
        lambda: open_enrolment(raw),
        lambda: verify_request(
            "Tongban " + raw.decode("latin-1"), w.TRUST, method="GET", path="/", receiver="63", at=AT
        ),
    ):
        with pytest.raises(WireProblem):
            read()
    assert not explain(raw, raw.decode("latin-1"), w.TRUST, at=AT).holds


@SUITES
@settings(max_examples=300, deadline=None)
@given(st.integers(0, SHORTEST - 1), st.binary(min_size=1, max_size=3))
def test_a_changed_byte_changes_the_answer_or_nothing_that_was_said(w: World, index: int, put: bytes) -> None:
    raw = w.GOOD[:index] + put + w.GOOD[index + len(put) :]
    opened = open_quietly(w, raw)
    if isinstance(opened, Envelope):
        assert opened == open_quietly(w, w.GOOD)


@SUITES
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(EVENT)), anything)
def test_a_properly_signed_event_with_any_value_anywhere_is_read_or_refused(
    w: World, path: tuple[Any, ...], put: Any
) -> None:
    event = json.loads(json.dumps(w.EVENT))
    place = event
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = put
    payload = json.dumps(event).encode()
    opened = open_quietly(w, write_json({"jws": jws.sign(payload, w.K44, jws.ENVELOPE), "parts": w.PARTS}))
    assert isinstance(opened, (Envelope, str))


@SUITES
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), anything, max_size=4))
def test_any_header_is_refused_unless_it_is_the_one(w: World, header: dict[str, Any]) -> None:
    _, payload, signature = json.loads(w.GOOD)["jws"].split(".")
    first = b64url(json.dumps(header).encode())
    raw = write_json({"jws": f"{first}.{payload}.{signature}", "parts": w.PARTS})
    assert isinstance(open_quietly(w, raw), str)


@SUITES
@settings(max_examples=200, deadline=None)
@given(anything)
def test_a_trust_list_signed_by_the_root_with_any_content_is_read_or_refused(w: World, content: Any) -> None:
    base = json.loads(jws.payload_of(w.LIST["trust_list"]))
    for path in (("nodes",), ("version",), ("nodes", 1, "keys"), ("nodes", 1, "regions", 0, "from_on"), ("root",)):
        doc = json.loads(json.dumps(base))
        place = doc
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = content
        raw = jws.sign(json.dumps(doc).encode(), w.ROOT, jws.TRUST_LIST).encode()
        try:
            open_trust_list(raw, w.LIST["root_fingerprint"], at=AT)
        except WireProblem:
            continue


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(MESSAGES)), anything, anything)
def test_any_body_of_any_sentence_parses_or_is_refused(type_name: str, body: Any, personal: Any) -> None:
    try:
        assert isinstance(parse(type_name, body, personal), Message)
    except WireProblem as problem:
        assert problem.code == "message.malformed"


@given(st.binary(max_size=64))
def test_base64url_has_one_spelling(raw: bytes) -> None:
    text = b64url(raw)
    assert unb64url(text, "jws.malformed") == raw
    for wrong in (text + "=", text + "\n", " " + text, text + "+"):
        with pytest.raises(WireProblem):
            unb64url(wrong, "jws.malformed")


@given(anything.filter(lambda v: "NaN" not in str(v)))
def test_what_is_written_is_read_back(value: Any) -> None:
    try:
        raw = write_json(value)
    except ValueError:  # infinities and lone surrogates cannot be written either
        return
    try:
        assert read_json(raw) == value
    except WireProblem as problem:
        assert "\x00" in str(value) or "\\x00" in repr(value), problem


@pytest.mark.parametrize(("depth", "fits"), [(32, True), (33, False), (900, False)])
def test_nesting_has_a_limit_far_from_the_programs_own(depth: int, fits: bool) -> None:
    raw = b"[" * depth + b"]" * depth
    if fits:
        read_json(raw)
    else:
        with pytest.raises(WireProblem, match=r"json\.malformed: nested too deeply"):
            read_json(raw)


@SUITES
def test_a_message_larger_than_allowed_is_refused_before_it_is_read(w: World) -> None:
    with pytest.raises(WireProblem, match=r"envelope\.too_large"):
        open_envelope(w.GOOD, w.TRUST, receiver="63", at=AT, max_bytes=len(w.GOOD) - 1)


@SUITES
def test_erasing_the_personal_part_leaves_the_signature_and_the_digest(w: World) -> None:
    opened = open_envelope(w.GOOD, w.TRUST, receiver="63", at=AT)
    erased = open_envelope(erase_personal(w.GOOD), w.TRUST, receiver="63", at=AT, erased_ok=True)
    assert erased.personal_erased
    assert erased.message.personal is None
    assert erased.digest == opened.digest
    assert erased.message.body() == opened.message.body()
    assert "张三".encode() not in jws.payload_of(json.loads(w.GOOD)["jws"])
    assert "erased" in explain(erase_personal(w.GOOD), None, w.TRUST, at=AT).text()


MEGABYTE = 1_000_000
WORST = {
    "brackets": b"[" * MEGABYTE,
    "objects": b'{"a":' * (MEGABYTE // 5),
    "digits": b'{"jws":' + b"9" * (MEGABYTE - 10) + b"}",
    "dots": b'{"jws":"' + b"." * (MEGABYTE - 20) + b'","parts":{}}',
    "one long signature": b'{"jws":"a.' + b"A" * (MEGABYTE - 20) + b'.b","parts":{}}',
    "many keys": b"{" + b",".join(b'"%d":0' % n for n in range(90_000)) + b"}",
    "escapes": b'{"jws":"' + b"\\u0041" * (MEGABYTE // 6 - 10) + b'"}',
    "flat list": b"[" + b"0," * (MEGABYTE // 2 - 10) + b"0]",
}


@pytest.mark.parametrize("raw", WORST.values(), ids=WORST)
def test_the_worst_megabyte_costs_less_than_a_second_of_processor_time(raw: bytes) -> None:
    begun = time.process_time()
    assert isinstance(open_quietly(WORLDS["EdDSA"], raw), str)
    with pytest.raises(WireProblem):
        verify_request("Tongban " + raw.decode(), WORLDS["EdDSA"].TRUST, method="GET", path="/", receiver="63", at=AT)
    assert time.process_time() - begun < 1.0
