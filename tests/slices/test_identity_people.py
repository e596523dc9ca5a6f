"""People of the demo, their posts, their sealed data."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from tongban.identity import actions, queries
from tongban.identity.demo_people import ISSUER, demo_people, demo_person
from tongban.identity.loading import load_demo, load_demo_tokens
from tongban.identity.models import AccessRecord, Person, StaffPost
from tongban.identity.tokens import client_by_token
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.journal.action import action
from tongban.kernel.ids import NodeId
from tongban.kernel.numbers import is_id_number
from tongban.kernel.people import Act, Post, Role, system
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db

HERE = NodeId("44")


def by_node(node: str = "44") -> Act:
    return Act(system(NodeId(node)), clock.now())


@pytest.fixture(autouse=True)
def _today() -> None:
    clock.set_offset(timedelta())


@pytest.fixture
def people() -> dict[str, object]:
    return dict(load_demo(HERE))


def test_loading_the_demo_twice_changes_nothing(people: dict[str, object]) -> None:
    facts = {id: len(journal.facts("person", id)) for id in people.values()}  # type: ignore[arg-type]
    again = load_demo(HERE)
    assert again == people
    assert {id: len(journal.facts("person", id)) for id in again.values()} == facts
    assert StaffPost.objects.count() == sum(len(p.posts) for p in demo_people() if "44" in p.nodes)


def test_staff_belong_to_one_node_and_applicants_to_none(people: dict[str, object]) -> None:
    assert queries.actor_of(ISSUER, "wang-fang").holds(Role.CLERK)
    assert queries.find_actor(ISSUER, "chen-qiang") is None  # a reviewer of 63 is nobody at 44
    assert queries.actor_of(ISSUER, "li-mei").posts == ()
    with pytest.raises(Refusal) as refused:
        queries.actor_of(ISSUER, "chen-qiang")
    assert refused.value.code == "request.unauthenticated"


def test_every_invented_person_has_a_valid_number_that_nobody_can_hold() -> None:
    numbers = [p.id_number for p in demo_people() if p.id_number]
    assert numbers
    assert all(is_id_number(n) and 996 <= int(n[14:17]) <= 999 and n[6:8] == "19" for n in numbers)
    assert all(p.mobile.startswith("154") for p in demo_people() if p.mobile)


@pytest.mark.req("R-283")
def test_names_and_numbers_stand_sealed_in_the_tables_and_are_found_by_blind_index(people: dict[str, object]) -> None:
    li_mei = demo_person("li-mei")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, ' ') FROM identity_person p")
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(f::text, ' ') FROM journal_fact f")
        rows += cursor.fetchone()[0]
    for secret in (li_mei.id_number, li_mei.mobile, li_mei.name):
        assert secret not in rows
        assert secret.encode().hex() not in rows
    assert queries.find_by_id_number(li_mei.id_number.lower()) == ("applicant:demo:li-mei",)
    assert queries.find_by_mobile(li_mei.mobile) == ("applicant:demo:li-mei",)
    assert queries.find_by_id_number("11010519491231002X") == ()


def test_a_sealed_value_copied_to_another_person_does_not_open(people: dict[str, object]) -> None:
    stolen = Person.objects.get(subject="li-mei").id_number
    Person.objects.filter(subject="zhou-tao").update(id_number=stolen)
    with pytest.raises(ValueError, match="id_number"):
        queries.profile(queries.actor_of(ISSUER, "zhou-tao"))


def test_a_person_reads_their_own_data_unmasked(people: dict[str, object]) -> None:
    profile = queries.profile(queries.actor_of(ISSUER, "li-mei"))
    li_mei = demo_person("li-mei")
    assert (profile.name, profile.id_number, profile.mobile, profile.level) == (
        li_mei.name, li_mei.id_number, li_mei.mobile, 3,
    )  # fmt: skip
    assert li_mei.id_number not in repr(profile)


def test_a_post_is_held_from_its_day_until_it_is_taken_away(people: dict[str, object]) -> None:
    wang_fang = people["wang-fang"]
    clock.set_offset(timedelta(days=3))
    actions.assign_posts(by_node(), wang_fang, [Post(Role.REVIEWER, "440300", department="transport")])
    assert [p.role for p in queries.actor_of(ISSUER, "wang-fang").posts] == [Role.REVIEWER]
    clock.set_offset(timedelta(days=1))
    assert [p.role for p in queries.actor_of(ISSUER, "wang-fang").posts] == [Role.CLERK]


def test_only_an_operator_gives_posts_and_never_to_an_applicant(people: dict[str, object]) -> None:
    clerk = queries.actor_of(ISSUER, "wang-fang")
    with pytest.raises(Refusal) as refused:
        actions.assign_posts(Act(clerk, clock.now()), people["wang-fang"], [Post(Role.REVIEWER, "440300")])
    assert refused.value.code == "permission.denied"
    with pytest.raises(Refusal):
        actions.assign_posts(by_node(), people["li-mei"], [Post(Role.CLERK, "440305")])
    operator = queries.actor_of(ISSUER, "liang-wei")
    actions.assign_posts(Act(operator, clock.now()), people["wang-fang"], [Post(Role.CLERK, "440306")])
    assert queries.actor_of(ISSUER, "wang-fang").posts[0].region == "440306"


def test_demo_tokens_survive_a_second_start_and_are_replaced_in_a_new_database(
    people: dict[str, object], tmp_path: Path
) -> None:
    file = tmp_path / "demo-tokens.json"
    first = load_demo_tokens(HERE, file)
    assert [t.text for t in load_demo_tokens(HERE, file)] == [t.text for t in first]
    assert file.stat().st_mode & 0o077 == 0
    view = client_by_token(next(t.text for t in first if t.subject == "li-mei"))
    assert view is not None
    assert view.actor.ref == "applicant:demo:li-mei"
    revoked = client_by_token(first[0].text)
    assert revoked is not None
    actions.revoke_token(by_node(), revoked.token_id)
    assert load_demo_tokens(HERE, file)[0].text != first[0].text


# --- looks at people's data -----------------------------------------------------------------------------------------
def look(reader: str = "wang-fang", subject: str = "applicant:demo:li-mei", case_ref: str = "") -> None:
    act = Act(queries.actor_of(ISSUER, reader), clock.now())
    actions.record_access(act, subject, "review", ("answers", "materials"), case_ref=case_ref)


@pytest.mark.req("R-283")
def test_the_person_sees_who_looked_in_which_capacity_for_which_case_and_at_what(people: dict[str, object]) -> None:
    look(case_ref="case:1")
    (seen,) = queries.accesses_to("applicant:demo:li-mei")
    assert (seen.actor_ref, seen.role, seen.region) == ("staff:demo:wang-fang", "clerk", "440305")
    assert (seen.case_ref, seen.purpose, seen.fields) == ("case:1", "review", ("answers", "materials"))
    assert queries.accesses_to("applicant:demo:zhou-tao") == []
    assert len(queries.accesses_to("applicant:demo:zhou-tao", ["case:1"])) == 1


def test_a_look_is_no_fact_of_the_person_and_ones_own_look_is_none(people: dict[str, object]) -> None:
    before = journal.facts("person", people["li-mei"])  # type: ignore[arg-type]
    look()
    look(reader="li-mei")
    assert journal.facts("person", people["li-mei"]) == before  # type: ignore[arg-type]
    assert AccessRecord.objects.count() == 1


@pytest.mark.parametrize(
    "change", ["UPDATE identity_accessrecord SET purpose = 'other'", "DELETE FROM identity_accessrecord"]
)
def test_a_recorded_look_cannot_be_changed_or_deleted(people: dict[str, object], change: str) -> None:
    look()
    with pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor:
        cursor.execute(change)


def test_a_look_is_never_recorded_inside_a_transaction_that_might_roll_back(people: dict[str, object]) -> None:
    @action
    def careless(act: Act) -> None:
        look()

    with pytest.raises(actions.AccessInsideTransaction):
        careless(by_node())
    assert AccessRecord.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_look_is_committed_before_the_data_is_read() -> None:
    load_demo(HERE)
    look()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM identity_accessrecord")
            assert cursor.fetchone()[0] == 1
    finally:
        other.close()
