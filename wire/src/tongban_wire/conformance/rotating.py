"""Scenarios: keys come and go, types have a last day, and the trust list says when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tongban_wire.requests import sign_request

from .kit import RETIRED, REVOKED_BEFORE
from .trial import GATE, Trial, expect, scenario


@scenario("a new key that the list announced is accepted beside the one before, in the same stream, whatever its suite")
def new_key_is_accepted_beside_the_old_one(trial: Trial) -> None:
    filing = trial.filing()
    one = trial.says(filing)
    two = trial.says(trial.filing(), key=trial.kit.a_new, stream_subject=f"filing:{filing.filing_id}", position=2)
    answers = trial.send(one.raw, two.raw)
    trial.receipted(answers[0], one)
    trial.receipted(answers[1], two, position=2)


@scenario("a key announced for later is refused until then")
def announced_key_is_refused_until_then(trial: Trial) -> None:
    answer = trial.send(trial.says(key=trial.kit.a_next).raw)[0]
    trial.refused(answer, "key.not_valid_then")
    expect(answer["problem"]["retry"] is True, "the same bytes may be taken later, but retry is not true")


@scenario("a revoked key is refused, also for what is dated before it was revoked: it is the arrival that counts")
def revoked_key_is_refused(trial: Trial) -> None:
    for at in (datetime.now(UTC), datetime.now(UTC) - REVOKED_BEFORE - timedelta(days=1)):
        trial.refused(trial.send(trial.says(key=trial.kit.a_revoked, at=at).raw)[0], "key.not_valid_then")


@scenario("a request signed with a revoked key is refused with 401")
def request_under_a_revoked_key_is_refused(trial: Trial) -> None:
    header = sign_request(
        trial.kit.a_revoked, "GET", GATE + "/streams", datetime.now(UTC), uuid4().hex, receiver=trial.kit.candidate
    )
    status = trial.ask("GET", "/streams", {"Authorization": header}).status
    expect(status == 401, f"answered with {status}, not 401")


@scenario("a message type whose last day is over is refused by that name")
def retired_type_is_refused(trial: Trial) -> None:
    trial.refused(trial.send(trial.rewritten(lambda event: event.update(type=RETIRED)).raw)[0], "message.retired")
