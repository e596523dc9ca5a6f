"""The item manager's desk: guide reviews, the record of every change, and lists that cost the same at any size."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tongban.items import comparing, managing, queries, search, store
from tongban.items.actions import proposing, reviewing
from tongban.items.models import GuideReview, Implementation
from tongban.items.rules.content import digest_of
from tongban.items.upkeep import history
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

pytestmark = pytest.mark.django_db

CODE, ENTRY = "B2020-2-48", "QH2020-2-48"


def act(name: str, role: Role = Role.ITEM_MANAGER) -> Act:
    return Act(
        Actor(ActorKind.STAFF, "demo", name, NodeId("44"), (Post(role, "440000"),), level=4), datetime.now(UTC)
    )  # fmt: skip


@pytest.fixture(autouse=True)
def loaded(catalog_of_44):
    store.forget()
    yield
    store.forget()


def today() -> date:
    return local_date(datetime.now(UTC))


def row(code: str = CODE) -> managing.Row:
    found = managing.item(code, today())
    assert found is not None
    return found.row


@pytest.mark.req("R-040")
def test_a_guide_is_due_is_overdue_and_is_reviewed_on_the_record():
    begun = row().valid_from
    assert row().review_due == begun + timedelta(days=182)
    later = today() + timedelta(days=90)
    reviewing.review_guide(act("he-jing"), CODE, next_on=later, note="与省厅核对无误")
    assert row().review_due == later
    assert GuideReview.objects.get(code=CODE).by == act("he-jing").actor.ref
    last = history(CODE)[0]
    assert (last.name, last.actor, last.body["note"]) == (
        "items.guide_reviewed", act("he-jing").actor.ref, "与省厅核对无误",
    )  # fmt: skip


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_review_in_the_past_or_beyond_a_year_is_refused(days):
    with pytest.raises(Refusal) as refused:
        reviewing.review_guide(act("he-jing"), CODE, next_on=today() + timedelta(days=days))
    assert refused.value.fields == {"next_on": "date_wrong"}


def test_only_an_item_manager_reviews_and_only_what_is_there():
    later = today() + timedelta(days=9)
    with pytest.raises(Refusal) as denied:
        reviewing.review_guide(act("x", Role.REVIEWER), CODE, next_on=later)
    assert denied.value.code == "permission.denied"
    with pytest.raises(Refusal) as unknown:
        reviewing.review_guide(act("he-jing"), "B1-1", next_on=later)
    assert unknown.value.code == "request.not_found"
    with pytest.raises(IntegrityError), transaction.atomic():
        GuideReview.objects.create(code="x", due_on=today(), reviewed_on=today(), by="x")


@pytest.mark.req("R-034")
def test_every_change_of_an_item_is_on_record_with_its_person():
    one, other = act("he-jing"), act("lu-ning")
    made = proposing.propose(
        one, "implementation", CODE, {"hours": "9:00-18:00"}, valid_from=today() + timedelta(days=3)
    )
    proposing.submit(one, made, seen=1)
    proposing.publish(other, made, seen=2)
    proposing.set_standing(one, CODE, "suspended", reason="系统升级")
    assert [(done.name, done.actor) for done in history(CODE)] == [
        ("items.standing_changed", one.actor.ref), ("items.version_published", other.actor.ref),
        ("items.proposal_submitted", one.actor.ref), ("items.proposal_made", one.actor.ref),
    ]  # fmt: skip
    assert history("B2020-1-05") == []


@pytest.mark.req("R-034")
def test_a_suspended_item_is_not_open_comes_back_and_a_retired_one_never_does():
    one = act("he-jing")
    for state, open_ in (("suspended", False), ("in_use", True), ("retired", False)):
        proposing.set_standing(one, CODE, state, reason="按上级通知")
        assert (queries.open_version(ENTRY, "44", today()) is not None) is open_
        assert row().standing == state
    with pytest.raises(Refusal) as refused:
        proposing.set_standing(one, CODE, "in_use", reason="恢复")
    assert refused.value.code == "state.step_not_possible"


def many(count: int, owner: str = "44") -> None:
    """``count`` more implementations of places within this node, and as many of another node."""
    like = Implementation.objects.get(owner="44", code=CODE, valid_to__isnull=True)
    for each in (owner, "63"):
        Implementation.objects.bulk_create(
            Implementation(
                owner=each, code=f"{CODE}/{number}", version=1, entry_key=ENTRY, valid_from=like.valid_from,
                digest=digest_of(each, f"{CODE}/{number}", 1, like.content), content=like.content,
            )
            for number in range(count)
        )  # fmt: skip


def cost(what) -> int:
    store.catalog()
    what()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        what()
    return len(caught)


@pytest.mark.parametrize(
    "what",
    [
        lambda: managing.rows(today()), lambda: managing.rows(today(), CODE, 20), lambda: managing.item(CODE, today()),
        lambda: queries.open_version(ENTRY, "44", today()), lambda: queries.entries(limit=200),
        lambda: search.open_at("44", today()), lambda: queries.search("换从业资格证"),
        lambda: comparing.pairs("44", "63"), lambda: comparing.pairs("00", "44"), comparing.owners,
        lambda: comparing.against_base(CODE),
    ],
    ids=["desk list", "desk list, later page", "desk item", "guide", "list", "open here", "search", "two places",
         "base and a place", "places", "every place"],
)  # fmt: skip
def test_reading_costs_the_same_number_of_queries_at_any_size(what):
    before = cost(what)
    many(300)
    store.forget()
    assert cost(what) == before <= 16
