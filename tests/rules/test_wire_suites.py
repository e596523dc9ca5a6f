"""Two suites side by side: one list, one node with keys of both, and what happens where SM2 cannot be had."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban_wire import jws, sm2
from tongban_wire.envelope import ChainHeader, Draft, open_envelope, seal
from tongban_wire.keys import PublicKey, SigningKey, digest_of, kid_of
from tongban_wire.messages import CaseClosed
from tongban_wire.problems import WireProblem
from tongban_wire.strict import b64url
from tongban_wire.trust import KeyEntry, NodeEntry, TrustList, open_trust_list, seal_trust_list

AT = datetime(2026, 3, 2, tzinfo=UTC)
ED, SM = (SigningKey.generate("44", alg) for alg in ("EdDSA", "SM2-SM3"))


def trust_with(*keys: PublicKey) -> TrustList:
    entries = tuple(
        KeyEntry(kid=k.kid, alg=k.alg, public=k.public, valid_from=AT, valid_to=AT + timedelta(days=9)) for k in keys
    )
    node = NodeEntry(
        node="44", name="广东省", address="https://gd.example", role="province", keys=entries, may_say=("*",)
    )
    return TrustList(version=1, issued_at=AT, expires_at=AT + timedelta(days=7), nodes=(node,))


def said_with(key: SigningKey) -> bytes:
    chain = ChainHeader(subject_type="case", subject_id=uuid4(), position=1, name="case.closed", digest=digest_of(b"f"))
    message = CaseClosed(case_id=uuid4(), filing_id=uuid4(), filing_number="44-1", reason="completed")
    return seal(
        Draft(
            id=uuid4(), sender="44", receiver="63", stream_subject=f"filing:{uuid4()}", position=1, at=AT, chain=chain,
            message=message,
        ),
        key,
    ).raw  # fmt: skip


@pytest.mark.parametrize("root_alg", ["EdDSA", "SM2-SM3"])
def test_one_node_may_sign_with_keys_of_both_suites_under_a_root_of_either(root_alg: str) -> None:
    root = SigningKey.generate("root", root_alg)
    signed = seal_trust_list(trust_with(ED.public, SM.public), root)
    trust = open_trust_list(signed, root.public.fingerprint)
    assert [open_envelope(said_with(key), trust, receiver="63", at=AT).kid for key in (ED, SM)] == [ED.kid, SM.kid]


def test_the_standards_sample_of_sm3_and_the_key_id_that_follows_from_it() -> None:
    assert sm2.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert SM.kid == kid_of("44", SM.public.raw, "SM2-SM3") == "44." + sm2.sm3(SM.public.raw).hex()[:16]
    assert SM.public.fingerprint.startswith("sm3:")
    assert ED.public.fingerprint.startswith("sha-256:")


def test_the_standards_sample_signature_verifies() -> None:
    """GB/T 32918.5-2017, A.2: "message digest", the usual signer id."""
    public = sm2.Public(
        bytes.fromhex(
            "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
        )
    )
    signature = bytes.fromhex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    assert public.verify(signature, b"message digest")
    assert not public.verify(signature, b"message digesT")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_no_other_signature_verifies_and_none_crashes(other: bytes, at: int, flip: int) -> None:
    good = SM.sign(b"said")
    assert SM.public.verify(good, b"said")
    changed = good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :]
    for signature in (other, changed, bytes(64), b"\xff" * 64, good + b"\0", good[:63]):
        assert not SM.public.verify(signature, b"said")


@given(st.binary(max_size=70))
def test_a_key_that_is_no_point_of_the_curve_is_refused(raw: bytes) -> None:
    for public in (raw, b"\x04" + raw[:64].ljust(64, b"\0"), b"\x04" + b"\xff" * 64, b"\x04" + bytes(64)):
        with pytest.raises(WireProblem, match=r"key\.malformed"):
            PublicKey("44.0123456789abcdef", "SM2-SM3", b64url(public)).check()


def test_a_suite_is_not_taken_for_the_other() -> None:
    trust = trust_with(ED.public, SM.public)
    for signer, named in ((ED, SM), (SM, ED)):
        disguised = SigningKey(named.kid, named.alg, signer._private)
        compact = jws.sign(b"{}", disguised, jws.ENVELOPE)
        with pytest.raises(WireProblem, match=r"signature\.wrong"):
            jws.verify(compact, jws.ENVELOPE, lambda kid: trust.signer(kid, AT)[1])
        renamed = SigningKey(named.kid, signer.alg, signer._private)
        with pytest.raises(WireProblem, match=r"jws\.algorithm_wrong"):
            jws.verify(jws.sign(b"{}", renamed, jws.ENVELOPE), jws.ENVELOPE, lambda kid: trust.signer(kid, AT)[1])


def test_a_key_of_an_algorithm_of_tomorrow_spoils_no_list() -> None:
    root = SigningKey.generate("root")
    tomorrow = PublicKey("44.0123456789abcdef", "ML-DSA-65", b64url(b"k" * 1952))
    trust = open_trust_list(seal_trust_list(trust_with(ED.public, tomorrow), root), root.public.fingerprint)
    assert open_envelope(said_with(ED), trust, receiver="63", at=AT).kid == ED.kid
    with pytest.raises(WireProblem, match=r"jws\.algorithm_unknown"):
        trust.signer(tomorrow.kid, AT)[1].verify(b"", b"")


def test_failed_verifications_are_silent_and_other_threads_lines_are_not_lost(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """GmSSL writes to the descriptor itself on every signature that does not hold."""
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(1)
            os.write(2, b"a line of the log\n")
            stop.wait(0.0005)

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(300):
        assert not SM.public.verify(b"\1" * 64, b"said")
    stop.set()
    thread.join()
    lines = capfd.readouterr().err.splitlines()
    assert lines == ["a line of the log"] * len(written)


WITHOUT = """
import sys
sys.modules["gmssl_pyx"] = None
from datetime import datetime
from pathlib import Path
import json
from tongban_wire import sm2
from tongban_wire.envelope import open_envelope
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.trust import KeyEntry, NodeEntry, TrustList
folder = Path(sys.argv[1])
keys = json.loads((folder / "keys.json").read_text())
at = datetime.fromisoformat("2026-03-02T01:30:00Z")
k = keys["44"]
entry = KeyEntry(kid=k["kid"], alg=k["alg"], public=k["public"], valid_from=at, valid_to=at.replace(year=2027))
node = NodeEntry(node="44", name="x", address="https://x", role="province", keys=(entry,), may_say=("*",))
trust = TrustList(version=1, issued_at=at, expires_at=at.replace(year=2027), nodes=(node,))
trust.check()
print(sm2.is_available())
try:
    open_envelope(json.loads((folder / "envelopes.json").read_text())[0]["raw"].encode(), trust, receiver="63", at=at)
except WireProblem as problem:
    print(problem.code, problem.whose, problem.retry, "pip install" in problem.detail)
try:
    SigningKey.generate("44", "SM2-SM3").sign(b"x")
except sm2.SuiteUnavailable as missing:
    print(missing)
"""


def test_without_the_library_lists_are_read_and_the_want_is_named() -> None:
    vectors = Path(__file__).parents[1] / "vectors" / "sm2"
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(vectors)], capture_output=True, text=True, timeout=60, check=True
    )
    available, refused, missing = ran.stdout.splitlines()
    assert available == "False"
    assert refused == "jws.algorithm_unavailable receiver True True"
    assert "tongban-wire[sm]" in missing
