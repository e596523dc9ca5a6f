"""A key and what it created are there together or not at all: at the same time, after a crash, again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from tongban.api import idempotency
from tongban.api.idempotency import Key, Stored
from tongban.api.models import Answer
from tongban.journal import clock
from tongban.journal.action import action, record
from tongban.journal.queries import facts
from tongban.kernel.events import Event
from tongban.kernel.ids import NodeId, new_id
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal

KEY = Key("client", "k", "a" * 64)
OTHER_REQUEST = Key("client", "k", "b" * 64)


@dataclass(frozen=True, kw_only=True)
class ThingMade(Event):
    name: ClassVar[str] = "test.thing_made"
    subject_type: ClassVar[str] = "thing"


@action
def make(act: Act, thing: UUID, key: Key, before_commit: Callable[[], None]) -> Stored:
    record(ThingMade(subject_id=thing), opens=True)
    idempotency.keep(key, status=201, location=f"/things/{thing}", body="{}")
    before_commit()
    return Stored(201, f"/things/{thing}", "{}")


def create(thing: UUID, key: Key = KEY, before_commit: Callable[[], None] = lambda: None) -> Callable[[], Stored]:
    return lambda: make(Act(system(NodeId("44")), clock.now()), thing, key, before_commit)


@pytest.mark.django_db
def test_a_second_request_gets_the_first_answer_and_makes_nothing() -> None:
    first, second = new_id(), new_id()
    answer, replayed = idempotency.once(KEY, create(first))
    again, replayed_again = idempotency.once(KEY, create(second))
    assert (replayed, replayed_again) == (False, True)
    assert again == answer
    assert facts("thing", second) == []


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused() -> None:
    idempotency.once(KEY, create(new_id()))
    with pytest.raises(Refusal) as refused:
        idempotency.once(OTHER_REQUEST, create(new_id(), OTHER_REQUEST))
    assert refused.value.code == "request.idempotency_key_reused"


@pytest.mark.django_db(transaction=True)
def test_a_request_that_comes_while_the_first_one_runs_is_told_so_at_once() -> None:
    first, second = new_id(), new_id()
    inside, go_on = threading.Event(), threading.Event()
    answers: list[Stored] = []

    def wait() -> None:
        inside.set()
        assert go_on.wait(30)

    def run() -> None:
        answers.append(idempotency.once(KEY, create(first, before_commit=wait))[0])
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert inside.wait(30)
    try:
        with pytest.raises(Refusal) as refused:
            idempotency.once(KEY, create(second))
    finally:
        go_on.set()
        thread.join()
    assert refused.value.code == "request.idempotency_in_progress"
    assert idempotency.once(KEY, create(second)) == (answers[0], True)
    assert facts("thing", second) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_thing() -> None:
    things = [new_id() for _ in range(12)]
    outcomes: list[str] = []
    start = threading.Barrier(len(things))

    def run(thing: UUID) -> None:
        start.wait()
        try:
            stored, _ = idempotency.once(KEY, create(thing))
            outcomes.append(stored.location)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [thing for thing in things if facts("thing", thing)]
    assert len(made) == 1
    assert set(outcomes) <= {f"/things/{made[0]}", "request.idempotency_in_progress"}
    assert len(outcomes) == len(things)


@pytest.mark.django_db(transaction=True)
def test_a_failure_before_the_commit_leaves_neither_thing_nor_key() -> None:
    thing = new_id()

    def fail() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        idempotency.once(KEY, create(thing, before_commit=fail))
    assert not Answer.objects.exists()
    assert facts("thing", thing) == []
    assert idempotency.once(KEY, create(thing))[1] is False


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_dies_in_the_middle_frees_the_key() -> None:
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"] or None,
        dbname=settings["NAME"],
    ) as dying:
        dying.execute(
            "INSERT INTO api_answer (client, key, fingerprint, status, location, body)"
            " SELECT 'client', 'k', repeat('a', 64), 201, '', '' WHERE"
            " pg_try_advisory_xact_lock(hashtextextended('client' || E'\\n' || 'k', 77))"
        )
        with pytest.raises(Refusal) as refused:
            idempotency.once(KEY, create(new_id()))
        assert refused.value.code == "request.idempotency_in_progress"
        dying.close()
    assert idempotency.once(KEY, create(new_id()))[1] is False
