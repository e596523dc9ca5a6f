"""Scenarios: what was said can be asked for again, by the one it was said to."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tongban_wire.envelope import open_envelope
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.requests import sign_request
from tongban_wire.strict import write_json

from .ports import Answer, until
from .trial import EFFECT, GATE, Failed, Trial, expect, scenario


def _ask(trial: Trial, path: str, key: SigningKey | None = None, header: str = "") -> Answer:
    header = header or _signed(trial, path, key)
    return trial.ask("GET", path, {"Authorization": header})


def _signed(trial: Trial, path: str, key: SigningKey | None = None) -> str:
    return sign_request(
        key or trial.kit.a, "GET", GATE + path, datetime.now(UTC), uuid4().hex, receiver=trial.kit.candidate
    )


def _said(trial: Trial) -> tuple[str, str]:
    """Make the candidate say something to kit-a: the stream's subject and the digest of the message heard."""
    ear, filing = trial.must_hear(), trial.filing()
    sealed = trial.says(filing)
    trial.receipted(trial.send(sealed.raw)[0], sealed)
    expect(until(EFFECT, lambda: trial.declined(filing.filing_id)), "it says nothing that could be asked for again")
    heard = next(e for e in ear.heard() if getattr(e.message, "filing_id", None) == filing.filing_id)
    return heard.stream_subject, heard.digest


@scenario("GET /streams tells the receiver how far each of its streams goes, and the digest of all that was said")
def streams_are_told_to_their_receiver(trial: Trial) -> None:
    subject, digest = _said(trial)
    heads: dict[str, dict[str, Any]] = {}
    after = ""
    for _ in range(100):
        found = trial.json(_ask(trial, "/streams" + (f"?after={after}" if after else "")))
        heads.update({head["subject"]: head for head in found["streams"]})
        if not found["next"]:
            break
        after = max(heads)
    expect(subject in heads, f"stream {subject} is not among {len(heads)}")
    expect(list(heads) == sorted(heads), "not ordered by subject")
    expect(heads[subject]["last"] == 1, f"one message was said, not {heads[subject]['last']}")
    whole = "sha-256:" + hashlib.sha256(f"{digest}\n".encode()).hexdigest()
    expect(heads[subject]["digest"] == whole, "the digest is not that of the messages' digests, a line each")


@scenario("GET /streams/<subject> says the messages again, byte for byte what was signed first")
def stream_is_said_again(trial: Trial) -> None:
    subject, digest = _said(trial)
    found = trial.json(_ask(trial, f"/streams/{subject}?first=1"))["messages"]
    expect(len(found) == 1, f"{len(found)} messages instead of one")
    try:
        again = open_envelope(
            write_json(found[0]), trial.kit.trust, receiver=trial.kit.a.node, at=datetime.now(UTC), erased_ok=True
        )
    except WireProblem as problem:
        raise Failed(f"what is said again does not verify: {problem}") from None
    expect(again.digest == digest, "something else is said again")
    expect(trial.json(_ask(trial, f"/streams/{subject}?first=2"))["messages"] == [], "more than there is")


@scenario("streams are said again to nobody but their receiver")
def streams_are_kept_from_others(trial: Trial) -> None:
    subject, _ = _said(trial)
    answer = _ask(trial, f"/streams/{subject}?first=1", trial.kit.b)
    found = trial.json(answer).get("messages") if answer.status == 200 else []
    expect(found == [], "another node is told what was said to kit-a")
    heads = trial.json(_ask(trial, "/streams", trial.kit.b))["streams"]
    expect(subject not in [head["subject"] for head in heads], "another node is told of kit-a's stream")
    expect(trial.ask("GET", "/streams").status == 401, "an unsigned request is not answered with 401")


@scenario("a signed request for streams is good once")
def signed_request_is_good_once(trial: Trial) -> None:
    header = _signed(trial, "/streams")
    expect(_ask(trial, "/streams", header=header).status == 200, "a good request is refused")
    again = _ask(trial, "/streams", header=header).status
    expect(again == 401, f"the same request again is answered with {again}, not 401")
