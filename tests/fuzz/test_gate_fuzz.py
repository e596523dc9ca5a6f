"""The whole door under hostile requests: routing, limits, reading, verifying, storing, applying, answering.

Whatever comes in, no exception escapes, nothing is answered 5xx, every refusal is a problem document that says whose
fault it is, a receipt is given for exactly what was stored, the work stays within a bound of the input's length — and a
good message beside it takes effect. Seeds are fixed; ``TONGBAN_FUZZ_EXAMPLES=20000`` draws that many at random. Inputs
that once did harm stand in ``FOUND`` and are tried every time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, example, given, settings
from tests.edges.conftest import loaded
from tests.fuzz import gate_inputs as inputs
from tests.fuzz.gate_inputs import GATE, Change, Hostile, Said
from tests.peers import ME, an_act, closed, ground, light
from tests.slices.test_exchange_blobs import CONTENT, decided

from tongban import wiring
from tongban.exchange import blobs, installation
from tongban.exchange.models import Inbound
from tongban.gate import limits
from tongban.journal import worker
from tongban_wire.keys import SigningKey
from tongban_wire.messages import CaseClosed

__all__ = ["ground", "loaded"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),  # long texts are what this is about
]

EXAMPLES = int(os.environ.get("TONGBAN_FUZZ_EXAMPLES", "0"))
CALLS, CALLS_PER_BYTE = 60_000, 3
"""Most function calls for one request of the gate: whatever it is, and for each byte of its body."""

steady = settings(
    max_examples=EXAMPLES or 120, derandomize=not EXAMPLES, database=None, deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture
def door(loaded, client, ground, monkeypatch) -> Any:
    """Puts one request through and undoes it; gives (response, its content, how many messages it stored)."""
    monkeypatch.setattr(limits, "requests", limits.Buckets(rate=1e9, burst=1e9))
    monkeypatch.setattr(limits, "messages", limits.Buckets(rate=1e9, burst=1e9))
    client.raise_request_exception = True
    keys = {**ground.all_keys, "stranger": SigningKey.generate("63")}
    client.get(f"{GATE}/node")  # the first request reads the addresses
    told = blobs.put(CONTENT, "application/pdf")
    light(an_act(), uuid4(), to=["63"], message=decided(told))
    worker.drain()  # nothing is on its way any more when what follows is undone again and again

    def put(hostile: Hostile) -> tuple[Any, bytes]:
        path = hostile.path.replace("/told", "/" + told)
        full = path + (f"?{hostile.query}" if hostile.query else "")
        headers = dict(hostile.headers)
        note = inputs.authorization(hostile, full, keys["63"], ME)
        if note is not None:
            headers["authorization"] = note
        body = inputs.body_of(hostile, keys, ME)
        with inputs.bounded(CALLS + CALLS_PER_BYTE * len(body)):
            response = client.generic(hostile.method, full, body, "application/json", headers=headers)
            content = b"".join(response.streaming_content) if response.streaming else response.content
        return response, content

    return put


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase does: durable blocks may nest
    with block:
        yield
        transaction.set_rollback(True)


def check_answer(response: Any, content: bytes, hostile: Hostile) -> None:
    """Never 5xx; a refusal is a problem document with its side; an answer is what the route promises."""
    assert response.status_code < 500, content
    if response.status_code in (200, 206, 304):
        return
    assert response.headers["content-type"] == "application/problem+json", (response.status_code, content)
    if hostile.method == "HEAD":
        return
    said = json.loads(content)
    assert said["status"] == response.status_code
    assert said["code"]
    assert said["whose"] in (("caller",) if _nowhere(hostile) else ("sender", "receiver", "nobody")), said


def _nowhere(hostile: Hostile) -> bool:
    """Whether no address of this node is meant; that is answered as the API answers it."""
    try:
        resolve(unquote(hostile.path))
    except Resolver404:
        return True
    return False


FOUND = (
    # a NUL in a query got as far as the database, which takes none: 500
    Hostile("GET", f"{GATE}/streams", query="after=%00", signed="well"),
    # answered 416 without a word on whose fault it is
    Hostile("GET", f"{GATE}/blobs/told", headers={"range": "bytes=999999999999-"}, signed="well"),
)


@steady
@given(inputs.questions)
def test_no_question_makes_the_gate_fail(door, hostile):
    with undone():
        response, content = door(hostile)
        check_answer(response, content, hostile)
        assert Inbound.objects.count() == 0


for found in FOUND:
    test_no_question_makes_the_gate_fail = example(found)(test_no_question_makes_the_gate_fail)


def check_batch(response: Any, content: bytes, hostile: Hostile) -> None:
    """One answer a message; a receipt for exactly those that were stored."""
    check_answer(response, content, hostile)
    stored = set(Inbound.objects.values_list("receipt", flat=True))
    if response.status_code != 200:
        assert stored == set()
        return
    answers = json.loads(content)["answers"]
    if hostile.messages is not None and all(said.raw is said.splice is None for said in hostile.messages):
        assert len(answers) == len(hostile.messages)
    for answer in answers:
        if "receipt" not in answer:
            problem = answer["problem"]
            assert problem["whose"] in ("sender", "receiver", "nobody")
            assert isinstance(problem["retry"], bool) and problem["code"]
    assert {answer["receipt"] for answer in answers if "receipt" in answer} == stored


@steady
@given(inputs.bodies)
def test_no_body_makes_the_gate_fail_or_store(door, hostile):
    with undone():
        response, content = door(hostile)
        check_batch(response, content, hostile)
        assert Inbound.objects.count() == 0


@pytest.mark.req("R-124")
@steady
@given(inputs.batches)
@example(Hostile("POST", f"{GATE}/messages", messages=(Said(0, (Change(3, "replace", "a" * 20_000),)),)))
@example(Hostile("POST", f"{GATE}/messages", messages=(Said(raw=b'{"jws":"\xe1"}'),)))  # not UTF-8: 500
def test_no_message_of_a_listed_node_makes_the_gate_fail_or_keeps_a_good_one_from_its_effect(door, ground, hostile):
    """The handlers are those of the node as it runs, so what got past the door meets the real rules."""
    installation.install(inbound={**wiring.INBOUND, CaseClosed.TYPE: ground.hear})
    ground.applied.clear()
    with undone():
        response, content = door(hostile)
        check_batch(response, content, hostile)
        good = ground.peer.says(closed(), f"filing:{uuid4()}")
        answer, _ = door(Hostile("POST", f"{GATE}/messages", body=b'{"messages":[' + good + b"]}"))
        assert "receipt" in answer.json()["answers"][0]
        worker.drain()
        assert good_one_applied(good)


def good_one_applied(raw: bytes) -> bool:
    return Inbound.objects.get(jws=json.loads(raw)["jws"]).state == "applied"
