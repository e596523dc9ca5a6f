"""Scenarios: attachments that the candidate hands out."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tongban_wire.keys import SigningKey
from tongban_wire.requests import sign_request

from .ports import Answer
from .trial import GATE, NotRun, Trial, expect, scenario


def _fetch(
    trial: Trial, digest: str, *, key: SigningKey | None = None, path: str = "", at: datetime | None = None,
    range_: str = "",
) -> Answer:  # fmt: skip
    path = path or f"{GATE}/blobs/{digest}"
    signed = sign_request(
        key or trial.kit.a, "GET", path, at or datetime.now(UTC), uuid4().hex, receiver=trial.kit.candidate
    )
    headers = {"Authorization": signed} | ({"Range": range_} if range_ else {})
    return trial.ask("GET", f"/blobs/{digest}", headers)


def _given(trial: Trial) -> str:
    if trial.attachment is None:
        raise NotRun("no attachment was named that the kit may fetch")
    return trial.attachment


@scenario("an attachment that is not here or not theirs is answered with 404 to whoever signs")
def unknown_attachment_is_not_found(trial: Trial) -> None:
    status = _fetch(trial, "sha-256:" + "0" * 64).status
    expect(status == 404, f"answered with {status}, not 404")


@scenario("an unsigned request, a stranger's, one for another path and a stale one are answered with 401")
def bad_request_signatures_are_refused(trial: Trial) -> None:
    digest = trial.attachment or "sha-256:" + "0" * 64
    asked = {
        "unsigned": trial.ask("GET", f"/blobs/{digest}"),
        "a stranger's": _fetch(trial, digest, key=trial.kit.stranger),
        "for another path": _fetch(trial, digest, path=f"{GATE}/blobs/sha-256:{'1' * 64}"),
        "stale": _fetch(trial, digest, at=datetime.now(UTC) - timedelta(minutes=10)),
    }
    for name, answer in asked.items():
        expect(answer.status == 401, f"{name}: answered with {answer.status}, not 401")


@scenario("an attachment's bytes are those of its digest")
def attachment_is_its_digest(trial: Trial) -> None:
    digest = _given(trial)
    answer = _fetch(trial, digest)
    expect(answer.status == 200, f"answered with {answer.status}")
    expect("sha-256:" + hashlib.sha256(answer.body).hexdigest() == digest, "the bytes are not those of the digest")


@scenario("fetching resumes where it stopped: Range: bytes=N- is answered with 206 and what is left")
def attachment_can_be_resumed(trial: Trial) -> None:
    digest = _given(trial)
    whole = _fetch(trial, digest)
    answer = _fetch(trial, digest, range_="bytes=3-")
    expect(answer.status == 206, f"answered with {answer.status}, not 206")
    size = len(whole.body)
    expect(answer.headers.get("content-range") == f"bytes 3-{size - 1}/{size}", "Content-Range is not right")
    expect(answer.body == whole.body[3:], "not the rest of the bytes")
    beyond = _fetch(trial, digest, range_=f"bytes={size}-").status
    expect(beyond == 416, f"a range beyond the end is answered with {beyond}, not 416")


@scenario("an attachment is handed out only to nodes that were sent a message naming it")
def attachment_is_kept_from_others(trial: Trial) -> None:
    status = _fetch(trial, _given(trial), key=trial.kit.b).status
    expect(status in (403, 404), f"another node got {status}")
