"""Publishing: a second person, versions that never overlap, signed releases adopted from peers, tasks that close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.config import config
from tongban.items import queries, releasing
from tongban.items.actions import proposing
from tongban.items.actions import releases as adopting
from tongban.items.current import current
from tongban.items.models import AdoptionTask, BaseVersion, Implementation, Proposal, Release
from tongban.items.rules.elements import write_elements
from tongban.items.rules.releases import (
    NO_PREVIOUS,
    BaseRelease,
    ImplementationRelease,
    ReleaseDocument,
    open_release,
    release_digest,
    seal_release,
)
from tongban.items.rules.uniformity import DEFAULT_PROFILE, drift
from tongban.journal import queries as journal
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role, system
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban_wire.keys import SigningKey

NOW = datetime.now(UTC) + timedelta(minutes=1)
TODAY = local_date(NOW)
LATER, DUE = TODAY + timedelta(days=9), TODAY + timedelta(days=60)
CODE, ENTRY = "B2020-2-48", "QH2020-2-48"

pytestmark = pytest.mark.django_db


def manager(name: str, *roles: Role) -> Act:
    posts = tuple(Post(role, "440000") for role in roles or (Role.ITEM_MANAGER,))
    return Act(Actor(ActorKind.STAFF, "demo", name, NodeId("44"), posts, level=4), NOW)


ONE, OTHER = manager("he-jing"), manager("lu-ning")


@pytest.fixture(autouse=True)
def loaded(catalog_of_44):
    """The catalog of 44 and four nodes that trust each other. The present is that of the test, not of its import."""
    global NOW, ONE, OTHER
    from tongban.items import store

    NOW = datetime.now(UTC) + timedelta(minutes=1)
    ONE, OTHER = manager("he-jing"), manager("lu-ning")
    store.forget()
    yield
    store.forget()


def published(changes: dict[str, object], *, on: date = LATER) -> None:
    made = proposing.propose(ONE, "implementation", CODE, changes, valid_from=on)
    proposing.submit(ONE, made, seen=1)
    proposing.publish(OTHER, made, seen=2)


@pytest.mark.req("R-034")
def test_a_version_needs_two_people_and_begins_on_its_day():
    made = proposing.propose(ONE, "implementation", CODE, {"address": "深圳市南山区"}, valid_from=LATER)
    with pytest.raises(Refusal) as early:
        proposing.publish(OTHER, made, seen=1)
    assert early.value.code == "state.step_not_possible"
    proposing.submit(ONE, made, seen=1)
    with pytest.raises(Refusal) as alone:
        proposing.publish(ONE, made, seen=2)
    assert alone.value.code == "permission.second_person"
    proposing.publish(OTHER, made, seen=2)
    assert queries.open_version(ENTRY, "44", TODAY).ref.version == 1
    assert queries.open_version(ENTRY, "44", LATER).elements.address == "深圳市南山区"
    names = [f.name for f in journal.facts("proposal", made)]
    assert names == ["items.proposal_made", "items.proposal_submitted", "items.version_published"]


@pytest.mark.req("R-063")
def test_what_a_filing_is_pinned_to_stays_as_it_was():
    before = queries.open_version(ENTRY, "44", TODAY)
    published({"promised_limit": {"value": 3, "unit": "workday"}})
    pinned, after = queries.version(before.ref), queries.open_version(ENTRY, "44", LATER)
    assert (pinned.promised_days, pinned.materials) == (5, before.materials)
    assert (after.promised_days, after.ref.version) == (3, 2)


def test_a_draft_is_written_on_by_its_author_alone():
    made = proposing.propose(ONE, "implementation", CODE, {"address": "一楼"}, valid_from=LATER)
    proposing.amend(ONE, made, {"hours": "9-17"}, valid_from=LATER, seen=1)
    kept = Proposal.objects.get(pk=made)
    assert (kept.elements["address"], kept.elements["hours"], kept.state, kept.seen) == ("一楼", "9-17", "draft", 2)
    for act, seen, code in ((OTHER, 2, "permission.denied"), (ONE, 1, "state.stale")):
        with pytest.raises(Refusal) as refused:
            proposing.amend(act, made, {"hours": "8-16"}, valid_from=LATER, seen=seen)
        assert refused.value.code == code
    proposing.submit(ONE, made, seen=2)
    with pytest.raises(Refusal) as late:
        proposing.amend(ONE, made, {"hours": "8-16"}, valid_from=LATER, seen=3)
    assert late.value.code == "state.step_not_possible"
    assert Proposal.objects.get(pk=made).elements["hours"] == "9-17"


@pytest.mark.req("R-026")
def test_what_readers_see_and_are_asked_for_follows_the_elements():
    before = queries.open_version(ENTRY, "44", TODAY)
    kept = write_elements(before.elements)["materials"]
    health = {"name": "健康证明", "necessity": "1", "form": "3", "accept_standard": "六个月内；原件"}
    published(
        {
            "materials": [*kept[1:], health],
            "conditions": ["年满21周岁"], "fee": True, "fee_basis": "依据一", "visits": 0,
            "fee_items": [{"name": "工本费", "standard": "10元"}],
        }
    )  # fmt: skip
    after = queries.open_version(ENTRY, "44", LATER)
    assert [m.key for m in after.materials[:-1]] == [m.key for m in before.materials[1:]]
    assert after.materials[:-1] == before.materials[1:]
    new = after.materials[-1]
    assert (new.name, new.review_points, new.needed({})) == ("健康证明", ("六个月内", "原件"), True)
    assert after.guide["conditions"] == [{"text": "年满21周岁", "confidence": "high"}]
    assert after.guide["fee"] == {"charge": True, "detail": "工本费：10元", "basis": "依据一"}
    assert after.guide["steps"] == before.guide["steps"]
    assert queries.version(before.ref).materials == before.materials


def test_the_database_refuses_two_base_versions_on_one_day():
    row = BaseVersion.objects.get(code=CODE)
    with pytest.raises(IntegrityError), transaction.atomic():
        BaseVersion.objects.create(code=CODE, version=9, digest="x", content=row.content, valid_from=date(2026, 3, 1))


def test_a_change_is_given_back_with_a_note_and_can_be_discarded():
    made = proposing.propose(ONE, "implementation", CODE, {"hours": "9:00-17:00"}, valid_from=LATER)
    proposing.submit(ONE, made, seen=1)
    with pytest.raises(Refusal):
        proposing.give_back(OTHER, made, note=" ", seen=2)
    proposing.give_back(OTHER, made, note="周末时间未写", seen=2)
    with pytest.raises(Refusal) as second:
        proposing.propose(ONE, "implementation", CODE, {"hours": "8:00"}, valid_from=LATER)
    assert second.value.code == "state.proposal_open"
    proposing.discard(ONE, made, seen=3)
    assert Proposal.objects.get(pk=made).state == "discarded"


@pytest.mark.req("R-033")
@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"annual_check": True, "item_type": "20"}, "item_type", "uniform"),
        ({"visits": "two"}, "visits", "wrong_shape"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({}, "changes", "empty"),
    ],
)
def test_what_cannot_be_is_refused_with_the_element(changes, field, why):
    with pytest.raises(Refusal) as refused:
        proposing.propose(ONE, "implementation", CODE, changes, valid_from=LATER)
    assert refused.value.fields == {field: why}


def test_contradictions_stop_before_the_second_person_and_at_publication():
    made = proposing.propose(ONE, "implementation", CODE, {"fee": True}, valid_from=LATER)
    with pytest.raises(Refusal) as refused:
        proposing.submit(ONE, made, seen=1)
    assert set(refused.value.fields) == {"fee_basis", "fee_items"}
    Proposal.objects.filter(pk=made).update(state="submitted")  # as an import would have left it
    with pytest.raises(Refusal) as refused:
        proposing.publish(OTHER, made, seen=1)
    assert set(refused.value.fields) == {"fee_basis", "fee_items"}
    assert Implementation.objects.filter(owner="44", code=CODE).count() == 1


def test_only_item_managers_and_only_at_their_own_kind_of_node():
    for act in (manager("x", Role.REVIEWER), manager("y", Role.CLERK)):
        with pytest.raises(Refusal) as refused:
            proposing.propose(act, "implementation", CODE, {"hours": "9"}, valid_from=LATER)
        assert refused.value.code == "permission.denied"
    with pytest.raises(Refusal):
        proposing.propose(ONE, "base", CODE, {"hours": "9"}, valid_from=LATER)
    with pytest.raises(Refusal) as early:
        proposing.propose(ONE, "implementation", CODE, {"hours": "9"}, valid_from=date(2026, 1, 1))
    assert early.value.code == "state.version_not_later"


def test_a_suspended_item_is_not_open_and_a_retired_one_stays_so():
    proposing.set_standing(ONE, CODE, "suspended", reason="系统升级")
    assert queries.open_version(ENTRY, "44", TODAY) is None
    assert queries.open_version(ENTRY, "63", TODAY) is not None
    proposing.set_standing(ONE, CODE, "in_use", reason="升级完成")
    assert queries.open_version(ENTRY, "44", TODAY) is not None
    proposing.set_standing(ONE, CODE, "retired", reason="取消")
    with pytest.raises(Refusal):
        proposing.set_standing(ONE, CODE, "in_use", reason="?")


# ---- releases ----------------------------------------------------------------------------------------------------


def key_of(node: str) -> SigningKey:
    return SigningKey.from_pem((config().home / "others" / node / "signing.key").read_bytes(), node)


def told(document: ReleaseDocument, signer: str | None = None) -> int:
    signed = seal_release(document, key_of(signer or document.node))
    return adopting.adopt(Act(system(NodeId("44")), NOW), document.node, signed)


def base_release(number: int = 1, previous: str = NO_PREVIOUS, **changed: object) -> ReleaseDocument:
    content = dict(BaseVersion.objects.get(code=CODE, version=1).content)
    content["elements"] = {**content["elements"], **changed}
    version = BaseRelease(code=CODE, version=number + 1, content=content, valid_from=LATER, due_on=DUE)
    return ReleaseDocument(node="00", number=number, previous=previous, issued_at=NOW, base=[version])


@pytest.mark.req("R-035")
def test_a_changed_base_item_flows_down_as_a_task_and_the_adoption_closes_it():
    told(base_release(annual_check=True))
    task = AdoptionTask.objects.get()
    assert (task.code, task.fields, task.due_on, task.done_at) == (CODE, ["annual_check"], DUE, None)
    now = current("implementation", CODE)
    assert [c.path for c in drift(now.base, now.elements, DEFAULT_PROFILE) if c.state != "same"] == ["annual_check"]
    published({"annual_check": True})
    now = current("implementation", CODE)
    assert [c for c in drift(now.base, now.elements, DEFAULT_PROFILE) if c.state != "same"] == []
    task.refresh_from_db()
    assert task.done_at == NOW


@pytest.mark.req("R-035")
@pytest.mark.parametrize("changes", [{}, {"hours": "9:00-17:00"}])
def test_the_next_version_takes_over_what_the_base_item_changed(changes):
    told(base_release(service_objects=["1", "2"]))
    published(changes)
    elements = current("implementation", CODE).elements
    assert elements.service_objects == ("1", "2")
    assert AdoptionTask.objects.get().done_at == NOW
    assert queries.open_version(ENTRY, "44", LATER).guide["who"] == "自然人、企业法人"


def test_a_change_that_is_not_uniform_asks_nothing_of_anybody():
    told(base_release(hours="9:00-17:00"))
    assert not AdoptionTask.objects.exists()


@pytest.mark.req("R-032")
def test_a_peers_new_version_is_known_here_while_it_is_down():
    own = Implementation.objects.get(owner="63", code=CODE)
    content = {**own.content, "promised_days": 2}
    told(
        ReleaseDocument(
            node="63", number=1, previous=NO_PREVIOUS, issued_at=NOW,
            implementations=[
                ImplementationRelease(code=CODE, version=2, entry_key=ENTRY, content=content, valid_from=LATER)
            ],
        )
    )  # fmt: skip
    assert queries.open_version(ENTRY, "63", LATER).promised_days == 2
    assert queries.open_version(ENTRY, "63", TODAY).promised_days == 5


@pytest.mark.parametrize(
    ("document", "signer", "reason"),
    [
        (base_release, "63", "not_its_own"),
        (lambda: replace(base_release(), node="63"), "63", "not_its_own"),
        (lambda: replace(base_release(), number=2), "00", "gap"),
        (lambda: base_release(previous="sha-256:" + "1" * 64), "00", "gap"),
    ],
)
def test_a_release_that_is_not_the_signers_next_is_refused(document, signer, reason):
    with pytest.raises(Refusal) as refused:
        told(document(), signer)
    assert refused.value.params["reason"] == reason
    assert not Release.objects.exists()


def test_another_content_under_a_version_we_hold_is_a_contradiction():
    own = Implementation.objects.get(owner="63", code=CODE)
    other = ImplementationRelease(
        code=CODE, version=1, entry_key=ENTRY, content={**own.content, "promised_days": 1}, valid_from=own.valid_from
    )
    document = ReleaseDocument(node="63", number=1, previous=NO_PREVIOUS, issued_at=NOW, implementations=[other])
    with pytest.raises(Refusal) as refused:
        told(document)
    assert refused.value.params["reason"] == "contradiction"


def test_adopting_twice_changes_nothing():
    assert [told(base_release()), told(base_release())] == [1, 1]
    assert Release.objects.count() == 1


def test_what_is_published_here_stands_in_a_signed_chain_of_releases():
    from tongban.directory import queries as directory

    assert releasing.release() == 1
    assert releasing.release() == 0
    published({"address": "深圳市"})
    proposing.set_standing(ONE, "B2020-1-05", "suspended", reason="试")
    assert releasing.release() == 1
    signed, last = releasing.releases_after(0)
    documents = [open_release(each, directory.trust(), NOW) for each in signed]
    assert [d.number for d in documents] == [1, 2] and last == 2
    assert documents[1].previous == release_digest(signed[0])
    assert [(i.code, i.version) for i in documents[1].implementations] == [(CODE, 2)]
    assert [(s.code, s.state) for s in documents[1].standings] == [("B2020-1-05", "suspended")]
    assert all(not d.base for d in documents), "base items are the directory's"
    assert releasing.releases_after(2) == ([], 2)


def test_the_gate_serves_releases_and_says_when_nothing_is_new(client):
    releasing.release()
    answer = client.get("/gate/v1/catalog?after=0")
    assert (answer.status_code, len(answer.json()["releases"])) == (200, 1)
    again = client.get("/gate/v1/catalog?after=0", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get("/gate/v1/catalog?after=-1").status_code == 400
    assert client.post("/gate/v1/catalog").status_code == 405


def test_what_other_nodes_published_is_fetched_until_nothing_is_left():
    from tongban.items import installation

    first = base_release(annual_check=True)
    signed = [seal_release(first, key_of("00"))]
    second = base_release(2, release_digest(signed[0]), annual_check=False)
    signed.append(seal_release(replace(second, base=[replace(second.base[0], valid_from=DUE)]), key_of("00")))

    class Source:
        def fetch(self, address: str, after: int) -> list[str]:
            return signed[after : after + 1] if address.endswith(":8000") else []

    before = installation.source()
    installation.install(Source())
    try:
        assert releasing.fetch() == 2
    finally:
        installation.install(before)
    assert BaseVersion.objects.filter(code=CODE).count() == 3
