"""Scenarios: what is taken, receipted, and takes effect."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tongban_wire.trust import SKEW

from .ports import until
from .trial import EFFECT, Trial, attached, expect, scenario


@scenario("a good message gets a receipt that verifies")
def good_message_is_receipted(trial: Trial) -> None:
    sealed = trial.says()
    trial.receipted(trial.send(sealed.raw)[0], sealed)


@scenario("the same message again gets the same receipt, also twice in one batch")
def duplicate_gets_the_first_receipt(trial: Trial) -> None:
    sealed = trial.says()
    first = trial.receipted(trial.send(sealed.raw)[0], sealed)
    time.sleep(1.1)
    for answer in trial.send(sealed.raw, sealed.raw):
        expect(trial.receipted(answer, sealed) == first, "a duplicate got another receipt")


@scenario("an id names one message: other content under it is a contradiction")
def same_id_with_other_content_is_a_contradiction(trial: Trial) -> None:
    one = trial.says()
    trial.receipted(trial.send(one.raw)[0], one)
    other = trial.says(id=one.id)
    trial.refused(trial.send(other.raw)[0], "message.id_reused")


@scenario("two messages at one position of a stream are a contradiction")
def position_is_taken_once(trial: Trial) -> None:
    filing = trial.filing()
    one, other = trial.says(filing), trial.says(filing)
    trial.receipted(trial.send(one.raw)[0], one)
    trial.refused(trial.send(other.raw)[0], "message.position_taken")


@scenario("what comes before its turn is receipted, waits, and takes effect once the gap is filled")
def gap_waits_and_is_filled(trial: Trial) -> None:
    ear = trial.must_hear()
    stream = f"filing:{uuid4()}"
    earlier, later = trial.filing(), trial.filing()
    second = trial.says(later, stream_subject=stream, position=2)
    trial.receipted(trial.send(second.raw)[0], second, position=2)
    expect(not until(2.0, lambda: trial.declined(later.filing_id)), "it took effect before its turn")
    first = trial.says(earlier, stream_subject=stream, position=1)
    trial.receipted(trial.send(first.raw)[0], first)
    expect(until(EFFECT, lambda: trial.declined(earlier.filing_id)), "the first never took effect")
    expect(until(EFFECT, lambda: trial.declined(later.filing_id)), "what waited never took effect")
    told = [e for e in ear.heard() if getattr(e.message, "filing_id", None) in (earlier.filing_id, later.filing_id)]
    expect(len(told) == 2, f"told {len(told)} times instead of twice")


@scenario("a filing for an item version that nobody has is declined, once")
def unknown_item_version_is_declined_once(trial: Trial) -> None:
    ear, filing = trial.must_hear(), trial.filing()
    sealed = trial.says(filing)
    trial.receipted(trial.send(sealed.raw)[0], sealed)
    expect(until(EFFECT, lambda: trial.declined(filing.filing_id)), "never declined")
    trial.receipted(trial.send(sealed.raw)[0], sealed)
    time.sleep(1.0)
    told = [e for e in ear.heard() if getattr(e.message, "filing_id", None) == filing.filing_id]
    expect(len(told) == 1, f"a duplicate had an effect again: told {len(told)} times")


@scenario("fields that the receiver does not know are ignored")
def unknown_optional_fields_are_accepted(trial: Trial) -> None:
    def add(event: dict[str, object]) -> None:
        event["comfort"] = "a CloudEvents extension of tomorrow"
        data = event["data"]
        assert isinstance(data, dict)
        data["comfort"] = {"of": "tomorrow"}
        data["body"]["comfort"] = ["of", "tomorrow"]

    sealed = trial.rewritten(add)
    trial.receipted(trial.send(sealed.raw)[0], sealed)


@scenario("a well-formed message of an unknown type is stored, receipted and said to be not understood")
def unknown_type_is_receipted_as_not_understood(trial: Trial) -> None:
    sealed = trial.rewritten(lambda event: event.update(type="cn.tongban.filing.comforted/1"))
    answer = trial.send(sealed.raw)[0]
    trial.receipted(answer, sealed)
    expect(answer.get("understood") is False, 'the answer does not say "understood": false')


@scenario("one bad message in a batch harms none of its neighbours")
def bad_message_is_isolated_in_its_batch(trial: Trial) -> None:
    before, after = trial.says(), trial.says()
    broken = trial.says().raw.replace(b'"parts"', b'"part"')
    answers = trial.send(before.raw, broken, after.raw)
    trial.receipted(answers[0], before)
    trial.refused(answers[1], "envelope.malformed")
    trial.receipted(answers[2], after)


@scenario("clocks may differ by five minutes")
def skew_within_five_minutes_is_accepted(trial: Trial) -> None:
    for minutes in (-60 * 24 * 3, 4):
        sealed = trial.says(at=datetime.now(UTC) + timedelta(minutes=minutes))
        trial.receipted(trial.send(sealed.raw)[0], sealed)


@scenario("a message dated more than five minutes ahead is refused for now")
def message_from_the_future_is_refused(trial: Trial) -> None:
    sealed = trial.says(at=datetime.now(UTC) + SKEW + timedelta(minutes=5))
    answer = trial.send(sealed.raw)[0]
    trial.refused(answer, "envelope.from_the_future")
    expect(answer["problem"]["retry"] is True, "the same bytes may be taken later, but retry is not true")


@scenario("an attachment is fetched from its sender with a signed request")
def attachment_is_pulled_with_a_signed_request(trial: Trial) -> None:
    ear = trial.must_hear()
    content = b"%PDF-1.7 kit " + uuid4().bytes
    digest = ear.offer(content)
    sealed = trial.says(trial.filing(attachments=(attached(digest, len(content)),)))
    trial.receipted(trial.send(sealed.raw)[0], sealed)
    expect(until(EFFECT, lambda: ear.fetched(digest)), "never fetched")
    expect(set(ear.fetched(digest)) == {"signed"}, f"fetched with a bad request: {set(ear.fetched(digest))}")
