"""The journal: one transaction, chained facts, jobs that commit with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from tongban.journal import models, queries, subscriptions
from tongban.journal.action import (
    NestedAction,
    NothingRecorded,
    OutsideAction,
    Unchanged,
    action,
    record,
)
from tongban.kernel.events import Event
from tongban.kernel.ids import NodeId, new_id
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class LanternLit(Event):
    name: ClassVar[str] = "lantern.lit"
    subject_type: ClassVar[str] = "lantern"
    color: str


heard: list[queries.Fact] = []


def when_lit(fact: queries.Fact) -> None:
    heard.append(fact)


@pytest.fixture(autouse=True)
def only_lanterns():
    heard.clear()
    subscriptions.install(subscribers={LanternLit: [when_lit]}, tellers={}, post=None, handlers={}, periodic={})
    yield
    from tongban import wiring

    wiring.install()


def an_act() -> Act:
    return Act(system(NodeId("44")), datetime.now(UTC))


@action
def light(act: Act, lantern: UUID, *colors: str, personal: dict | None = None) -> int:
    for color in colors:
        record(LanternLit(subject_id=lantern, color=color, personal=personal))
    return len(colors)


def test_facts_of_a_subject_are_chained_and_the_chain_verifies():
    lantern = new_id()
    light(an_act(), lantern, "red")
    light(an_act(), lantern, "gold", "green")
    facts = queries.facts("lantern", lantern)
    assert [f.position for f in facts] == [1, 2, 3]
    assert [f.previous for f in facts] == ["", facts[0].digest, facts[1].digest]
    assert [f.body["color"] for f in facts] == ["red", "gold", "green"]
    assert queries.verify_chain("lantern", lantern)


def test_a_personal_part_is_sealed_apart_and_may_be_erased_without_breaking_the_chain():
    lantern = new_id()
    light(an_act(), lantern, "red", personal={"owner": "李梅"})
    (fact,) = queries.facts("lantern", lantern)
    assert fact.personal == {"owner": "李梅"}
    part = models.FactPersonal.objects.get(fact_id=fact.id)
    assert "李梅".encode() not in bytes(part.sealed)
    part.delete()
    assert queries.facts("lantern", lantern)[0].personal is None
    assert queries.verify_chain("lantern", lantern)


@pytest.mark.parametrize("statement", ["UPDATE journal_fact SET actor = 'x'", "DELETE FROM journal_fact"])
def test_the_database_refuses_to_change_or_delete_a_fact(statement):
    light(an_act(), new_id(), "red")
    with pytest.raises(DatabaseError, match="never changed or deleted"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_altered_fact_is_exposed_by_its_chain():
    lantern = new_id()
    light(an_act(), lantern, "red", "gold")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_fact DISABLE TRIGGER journal_fact_append_only")
        cursor.execute('UPDATE journal_fact SET body = \'{"color": "blue"}\' WHERE position = 1')
    assert not queries.verify_chain("lantern", lantern)


def test_an_altered_personal_part_is_exposed_by_its_chain():
    lantern = new_id()
    light(an_act(), lantern, "red", personal={"owner": "李梅"})
    part = models.FactPersonal.objects.get()
    for changed in (bytes(part.sealed)[:-1] + bytes([bytes(part.sealed)[-1] ^ 1]), b""):
        models.FactPersonal.objects.update(sealed=changed)
        assert not queries.verify_chain("lantern", lantern)
    models.FactPersonal.objects.update(sealed=part.sealed, salt=b"another")
    assert not queries.verify_chain("lantern", lantern)


def test_an_action_that_fails_leaves_neither_fact_nor_job():
    @action
    def light_and_fall(act: Act, lantern: UUID) -> None:
        record(LanternLit(subject_id=lantern, color="red"))
        raise RuntimeError("fell")

    lantern = new_id()
    with pytest.raises(RuntimeError, match="fell"):
        light_and_fall(an_act(), lantern)
    assert queries.facts("lantern", lantern) == []
    assert models.Job.objects.count() == 0


def test_actions_never_call_actions():
    @action
    def outer(act: Act) -> None:
        light(act, new_id(), "red")

    with pytest.raises(NestedAction):
        outer(an_act())


def test_an_action_without_a_fact_is_an_error():
    @action
    def idle(act: Act) -> None: ...

    with pytest.raises(NothingRecorded):
        idle(an_act())


def test_an_action_whose_work_is_done_already_changes_nothing_and_answers():
    @action
    def again(act: Act, lantern: UUID) -> str:
        record(LanternLit(subject_id=lantern, color="red"))
        raise Unchanged("done before")

    lantern = new_id()
    assert again(an_act(), lantern) == "done before"
    assert queries.facts("lantern", lantern) == []


def test_nothing_is_recorded_outside_an_action():
    with pytest.raises(OutsideAction):
        record(LanternLit(subject_id=new_id(), color="red"))


def test_each_subscriber_gets_its_job_in_the_same_commit_and_hears_the_fact_once():
    from tongban.journal.worker import drain

    lantern = new_id()
    light(an_act(), lantern, "red")
    assert heard == []
    assert drain() == 1
    assert [f.subject_id for f in heard] == [lantern]
    assert drain() == 0


def test_of_two_acts_on_one_subject_at_the_same_instant_the_later_one_is_refused_as_stale():
    """Whichever edge it came through: the rule stands here, where the position is taken."""
    lantern = new_id()

    @action
    def overtaken(act: Act) -> None:
        record(LanternLit(subject_id=lantern, color="red"))
        with connection.cursor() as cursor:  # somebody else's fact is there first
            cursor.execute(
                "INSERT INTO journal_fact (id, subject_type, subject_id, position, name, version, body, header, digest,"
                " previous, actor, at) VALUES (%s, 'lantern', %s, 1, 'lantern.lit', 0, '{}', '', 'sha-256:0', '', 'x',"
                " now())",
                [new_id(), lantern],
            )

    with pytest.raises(Refusal, match=r"state\.stale"):
        overtaken(an_act())
    assert queries.facts("lantern", lantern) == []
