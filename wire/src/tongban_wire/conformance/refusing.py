"""Scenarios: what must be refused, and with which word."""

from __future__ import annotations

import json

from tongban_wire.strict import b64url

from .trial import Trial, batch, expect, scenario


@scenario("a message for another node is refused")
def wrong_receiver_is_refused(trial: Trial) -> None:
    trial.refused(trial.send(trial.says(receiver="kit-b").raw)[0], "envelope.wrong_receiver")


@scenario("a key that is not on the trust list proves nothing; the list may be renewed, so: for now")
def unknown_sender_is_refused(trial: Trial) -> None:
    answer = trial.send(trial.says(key=trial.kit.stranger).raw)[0]
    trial.refused(answer, "key.unknown", whose="nobody")


@scenario("a signature by another node's key is refused")
def key_of_another_node_is_refused(trial: Trial) -> None:
    sealed = trial.rewritten(lambda event: event.update(source="/nodes/kit-a"), key=trial.kit.b)
    trial.refused(trial.send(sealed.raw)[0], "key.not_the_senders")


@scenario("a signature that does not match is refused")
def bad_signature_is_refused(trial: Trial) -> None:
    outer = json.loads(trial.says().raw)
    head, payload, _ = outer["jws"].split(".")
    outer["jws"] = f"{head}.{payload}.{b64url(bytes(64))}"
    trial.refused(trial.send(json.dumps(outer).encode())[0], "signature.wrong")


@scenario("one altered byte of what was signed is noticed")
def altered_byte_is_refused(trial: Trial) -> None:
    outer = json.loads(trial.says().raw)
    other = json.loads(trial.says().raw)
    parts, others = outer["jws"].split("."), other["jws"].split(".")
    outer["jws"] = ".".join((parts[0], others[1], parts[2]))
    trial.refused(trial.send(json.dumps(outer).encode())[0], "signature.wrong")


@scenario("a key whose time is over is refused")
def expired_key_is_refused(trial: Trial) -> None:
    trial.refused(trial.send(trial.says(key=trial.kit.a_old).raw)[0], "key.not_valid_then")


@scenario("a type that the trust list does not allow the sender to say is refused")
def type_not_allowed_is_refused(trial: Trial) -> None:
    trial.refused(trial.send(trial.says(key=trial.kit.b).raw)[0], "power.not_allowed")


@scenario("an unsigned message (alg none) is refused")
def unsigned_message_is_refused(trial: Trial) -> None:
    outer = json.loads(trial.says().raw)
    header = b64url(json.dumps({"alg": "none", "kid": trial.kit.a.kid, "typ": "tongban-envelope+jws"}).encode())
    outer["jws"] = f"{header}.{outer['jws'].split('.')[1]}."
    trial.refused(trial.send(json.dumps(outer).encode())[0], "jws.algorithm_unknown", "jws.malformed")


@scenario("a message of more than one million bytes is refused, its neighbour is not")
def oversized_message_is_refused(trial: Trial) -> None:
    large, small = trial.says(trial.filing(personal={"answers": {"note": "長" * 340_000}})), trial.says()
    answers = trial.send(large.raw, small.raw)
    trial.refused(answers[0], "envelope.too_large")
    trial.receipted(answers[1], small)


@scenario("a body over the limit is refused with 413, and so are more messages than the limit says")
def oversized_batch_is_refused(trial: Trial) -> None:
    limits = trial.get_json("/node")["limits"]
    status = trial.post(batch(*[b"{}"] * (int(limits["messages"]) + 1))).status
    expect(status == 413, f"{limits['messages']} + 1 messages are answered with {status}, not 413")
    status = trial.post(b'{"messages":["' + b"x" * int(limits["bytes"]) + b'"]}').status
    expect(status == 413, f"{limits['bytes']} bytes and a frame are answered with {status}, not 413")


@scenario("a body that is not the JSON of a batch is refused with 400")
def malformed_body_is_refused(trial: Trial) -> None:
    for body in (b"", b"{", b"[]", b'{"messages": {}}', b'{"messages": [' + b"[" * 2000 + b"]}", b"\xff\xfe"):
        status = trial.post(body).status
        expect(status == 400, f"{body[:20]!r} is answered with {status}, not 400")


@scenario("a JSON object that names a key twice is refused")
def duplicate_keys_are_refused(trial: Trial) -> None:
    raw = trial.says().raw
    trial.refused(trial.send(raw[:-1] + b',"parts":{}}')[0], "json.duplicate_key", "envelope.malformed")


@scenario("an altered personal part is refused")
def altered_personal_part_is_refused(trial: Trial) -> None:
    outer = json.loads(trial.says().raw)
    outer["parts"] = json.loads(trial.says().raw)["parts"]
    trial.refused(trial.send(json.dumps(outer).encode())[0], "envelope.personal_wrong")


@scenario("a personal part that was signed and did not come is refused")
def erased_personal_part_is_refused(trial: Trial) -> None:
    outer = json.loads(trial.says().raw)
    outer["parts"] = {}
    trial.refused(trial.send(json.dumps(outer).encode())[0], "envelope.personal_missing")


@scenario("a field that is missing or wrong is refused by name")
def malformed_message_is_refused(trial: Trial) -> None:
    def spoil(event: dict[str, dict[str, dict[str, object]]]) -> None:
        event["data"]["body"]["revision"] = "one"

    trial.refused(trial.send(trial.rewritten(spoil).raw)[0], "message.malformed")
