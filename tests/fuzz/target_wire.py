"""Coverage-guided fuzzing (atheris) of everything that reads bytes from strangers.

``python tests/fuzz/target_wire.py [-max_total_time=SECONDS] [CORPUS]``. Each input goes to every reader: envelope,
receipt, trust list, request, enrolment, day book, export, DER, time-stamp, the gate's batch. Anything but a value or
a ``WireProblem``, or an input that takes longer than the bound, is a finding and ends the run with exit code 77.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["tongban_wire"]):
    from tongban_wire import der, jws
    from tongban_wire.daybook import open_day_book
    from tongban_wire.enrolment import open_enrolment
    from tongban_wire.envelope import open_envelope, open_receipt
    from tongban_wire.export import read_export
    from tongban_wire.keys import SigningKey
    from tongban_wire.problems import WireProblem
    from tongban_wire.requests import verify_request
    from tongban_wire.stamps import read_time_stamp, token_of
    from tongban_wire.strict import read_json, write_json
    from tongban_wire.trust import open_trust_list
    from tongban_wire.verdicts import examine

VECTORS = Path(__file__).parents[1] / "vectors"
AT = datetime.fromisoformat("2026-03-02T01:30:00+00:00")
LONGEST = 2.0
"""Seconds of processor time one input may take in all readers together."""


def read(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


LIST = read("trust_list.json")
TRUST = open_trust_list(LIST["trust_list"].encode(), LIST["root_fingerprint"])
K44 = SigningKey.from_seed(bytes.fromhex(read("keys.json")["44"]["seed"]), "44")
PARTS = json.loads(read("envelopes.json")[0]["raw"])["parts"]


def gate_decode(raw: bytes) -> None:
    """What the gate does before anything is verified."""
    import msgspec

    try:
        _batch.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise WireProblem("json.malformed") from None


def _gate_batch() -> Any:
    import msgspec

    return msgspec.json.Decoder(msgspec.defstruct("Batch", [("messages", list[msgspec.Raw])]))


_batch = _gate_batch()


def as_signed(raw: bytes) -> None:
    """The input as what a listed node signed: past the signature, into the fields."""
    envelope = write_json({"jws": jws.sign(raw, K44, jws.ENVELOPE), "parts": PARTS})
    open_envelope(envelope, TRUST, receiver="63", at=AT)


def as_der(raw: bytes) -> None:
    try:
        list(der.read(raw))
    except ValueError:
        raise WireProblem("time_stamp.malformed") from None


READERS = (
    lambda raw: open_envelope(raw, TRUST, receiver="63", at=AT),
    lambda raw: open_receipt(raw.decode("latin-1"), TRUST, AT),
    lambda raw: open_trust_list(raw, LIST["root_fingerprint"]),
    lambda raw: verify_request("Tongban " + raw.decode("latin-1"), TRUST, method="GET", path="/", receiver="63", at=AT),
    open_enrolment,
    lambda raw: open_day_book(raw.decode("latin-1"), TRUST),
    lambda raw: examine([read_export(raw)], TRUST),
    lambda raw: read_time_stamp(raw, b"data"),
    token_of,
    as_der,
    read_json,
    gate_decode,
    as_signed,
)


def one_input(raw: bytes) -> None:
    begun = time.process_time()
    for reader in READERS:
        try:
            reader(raw)
        except WireProblem:
            continue
    if (took := time.process_time() - begun) > LONGEST:
        raise TimeoutError(f"{took:.1f} s for {len(raw)} bytes")


def seeds() -> list[bytes]:
    """The golden vectors, good and bad, as a first corpus."""
    found = [v["raw"].encode() for name in ("envelopes.json", "bad_envelopes.json") for v in read(name)]
    found += [jws.payload_of(json.loads(v["raw"])["jws"]) for v in read("envelopes.json")]
    found += [v["receipt"].encode() for v in read("receipts.json")] + [LIST["trust_list"].encode()]
    found += [v["raw"].encode() for v in read("enrolments.json")] + [
        b.encode() for b in read("day_books.json")["books"]
    ]
    found += [v["header"].removeprefix("Tongban ").encode() for v in read("requests.json")]
    found.append(b'{"kind":"export","format":"tongban-export/1","node":"44","made_at":"2026-03-02T01:30:00Z"}\n')
    return found


if __name__ == "__main__":
    for seed in seeds():
        one_input(seed)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
