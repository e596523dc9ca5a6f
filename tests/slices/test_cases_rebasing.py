"""Re-basing: a running case goes to the version in force only by somebody's recorded act; both nodes keep in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from tests.cases_world import FORM, ITEM, JOINT_ITEM, ME, PHOTO, PLAN, XINING, World, content, world

from tongban.cases import queries
from tongban.cases.actions import joint as actions
from tongban.cases.actions import rebasing
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.mirror.rebuilding import rebuild
from tongban.cases.models import Case, CaseMirror, CaseRebasing, Filing, Part, PartRebasing
from tongban.cases.queries.rebasing import dry_run, waiting
from tongban.exchange import inbound, installation
from tongban.exchange.models import Inbound
from tongban.journal import queries as journal
from tongban.kernel.people import Actor, ActorKind, Post, Role, system
from tongban.kernel.problems import Refusal
from tongban_wire import messages

pytestmark = pytest.mark.django_db

NEW_DAY = date(2026, 11, 24)
MANAGER = Actor(ActorKind.STAFF, "test", "he-jing", ME, posts=(Post(Role.ITEM_MANAGER, "630000"),), level=4)


@pytest.fixture
def w() -> Iterator[World]:
    with world() as found:
        yield found


def new_version(number: int = 2, begins: date = NEW_DAY, *, item: str = ITEM, **changed: Any) -> None:
    """A further version of the item is in force from ``begins``."""
    from tongban.items import store
    from tongban.items.models import Implementation
    from tongban.items.rules.content import digest_of

    body = content(item, **changed)
    Implementation.objects.filter(code=item, valid_to__isnull=True).update(valid_to=begins)
    Implementation.objects.create(
        owner=ME, code=item, version=number, digest=digest_of(ME, item, number, body), entry_key=item,
        valid_from=begins, content=body,
    )  # fmt: skip
    store.forget()


def rebased(w: World, case: Case, actor: Actor = MANAGER, *, to: int = 2, reason: str = "error_corrected") -> None:
    rebasing.rebase(w.act(actor), case.id, to=to, reason=reason, seen=w.case(case.filing_id).version)
    w.settle()


@pytest.mark.req("R-063")
def test_a_running_case_keeps_its_version_until_somebody_moves_it_and_then_both_sides_say_so(w: World) -> None:
    filing_id = w.file()
    w.accept(w.case(filing_id))
    before = w.case(filing_id)
    new_version(promised_days=6)
    w.wait(days=1)
    assert w.case(filing_id).item_version == 1
    rebased(w, before)
    case, filing, mirror = w.case(filing_id), w.filing(filing_id), CaseMirror.objects.get(filing_id=filing_id)
    assert (case.item_version, filing.item_version, case.work_days) == (2, 2, 6)
    assert case.item_digest == filing.item_digest != before.item_digest
    assert case.work_due_on is not None and before.work_due_on is not None and case.work_due_on < before.work_due_on
    assert (mirror.due_on, mirror.handling_days, mirror.status) == (case.work_due_on, 6, "accepted")


@pytest.mark.req("R-063")
def test_the_old_pin_stays_in_the_chain_and_the_applicant_sees_the_change(w: World) -> None:
    filing_id = w.file()
    before = w.case(filing_id)
    new_version()
    w.wait(days=1)
    rebased(w, before)
    fact = journal.facts("case", before.id)[-1]
    assert fact.name == "case.rebased"
    assert (fact.body["before"]["version"], fact.body["before"]["digest"]) == (1, before.item_digest)
    assert (fact.body["item"]["version"], fact.body["reason"]) == (2, "error_corrected")
    seen = [entry for entry in w.page(filing_id).timeline if entry.code == "case.rebased"]
    assert [(e.params["from_version"], e.params["to_version"]) for e in seen] == [(1, 2)]
    there = [entry for entry in queries.case_view(w.chen_qiang, before.id).timeline if entry.code == "case.rebased"]
    assert [(e.params["from_version"], e.params["to_version"]) for e in there] == [(1, 2)]


def test_the_dry_run_lists_every_case_and_writes_nothing(w: World) -> None:
    fresh, accepted, asked = w.file(), w.file(), w.file()
    w.accept(w.case(accepted))
    w.ask(w.case(asked))
    form = {**FORM, "required": ["pet_name", "species"]}
    new_version(form=form, promised_days=6, materials=[{**PHOTO, "necessity": "optional"}])
    w.wait(days=1)
    rows = {model: list(model.objects.order_by("pk").values()) for model in (Case, CaseRebasing, CaseMirror, Filing)}
    assert [(row.version, row.in_force, row.cases) for row in waiting(MANAGER)] == [(1, 2, 3)]
    run = dry_run(MANAGER, ITEM, 1)
    assert run is not None
    assert (run.change.fields_freed, run.change.materials_added) == (("home",), ("photo",))
    found = {case.case_id: case for case in run.cases}
    assert [o.code for o in found[w.case(asked).id].obstacles] == ["correction_open"]
    assert found[w.case(fresh).id].obstacles == ()
    moved = found[w.case(accepted).id]
    assert moved.clock is not None and moved.clock_after is not None
    assert (moved.clock.days, moved.clock_after.days) == (10, 6)
    assert {case.case_id for case in run.possible} == {w.case(fresh).id, w.case(accepted).id}
    assert rows == {model: list(model.objects.order_by("pk").values()) for model in rows}


def test_what_cannot_be_moved_is_refused_with_its_obstacles_and_stays(w: World) -> None:
    filing_id = w.file()
    new_version(materials=[PHOTO])
    w.wait(days=1)
    with pytest.raises(Refusal) as refused:
        rebased(w, w.case(filing_id))
    assert refused.value.code == "state.rebasing_not_possible"
    assert set(refused.value.fields) == {"obstacles.materials_missing"}
    assert w.case(filing_id).item_version == 1 and not CaseRebasing.objects.exists()


def test_a_reason_the_right_version_and_the_right_post_are_asked_for(w: World) -> None:
    filing_id = w.file()
    case = w.case(filing_id)
    with pytest.raises(Refusal) as none_later:
        rebased(w, case, to=1)
    assert none_later.value.code == "state.stale"
    new_version()
    w.wait(days=1)
    with pytest.raises(Refusal) as why:
        rebased(w, case, reason="because")
    assert why.value.code == "state.reason_missing"
    with pytest.raises(Refusal) as other:
        rebased(w, case, to=3)
    assert other.value.code == "state.stale"
    elsewhere = Actor(ActorKind.STAFF, "test", "lu-ning", ME, posts=(Post(Role.ITEM_MANAGER, "140000"),), level=4)
    for actor in (elsewhere, w.wang_fang, w.reviewer_44):
        with pytest.raises(Refusal) as denied:
            rebased(w, case, actor)
        assert denied.value.code == "permission.denied"
    assert dry_run(elsewhere, ITEM, 1) is None
    rebased(w, case, w.chen_qiang)
    assert w.case(filing_id).item_version == 2


def test_after_a_decision_nothing_is_moved(w: World) -> None:
    filing_id = w.file()
    w.accept(w.case(filing_id))
    w.grant(w.case(filing_id))
    new_version()
    w.wait(days=1)
    with pytest.raises(Refusal) as refused:
        rebased(w, w.case(filing_id))
    assert refused.value.code == "state.step_not_possible"


def test_a_correction_after_the_move_is_answered_under_the_new_version(w: World) -> None:
    filing_id = w.file()
    properties = {**FORM["properties"], "vaccine": {"type": "string", "title": "疫苗"}}
    new_version(
        form={**FORM, "properties": properties}, fields_leaving=["pet_name", "species", "chip", "home", "vaccine"]
    )
    w.wait(days=1)
    rebased(w, w.case(filing_id))
    w.ask(w.case(filing_id))
    answers = {"pet_name": "旺财", "species": "dog", "home": "440300", "vaccine": "狂犬疫苗"}
    w.answer(filing_id, answers=answers)
    assert queries.case_view(w.chen_qiang, w.case(filing_id).id, recorded=True).answers["vaccine"] == "狂犬疫苗"


def test_the_release_that_has_not_come_yet_is_waited_for(w: World) -> None:
    from tongban.items import store
    from tongban.items.models import Implementation

    filing_id = w.file()
    new_version()
    w.wait(days=1)
    rebasing.rebase(w.act(MANAGER), w.case(filing_id).id, to=2, reason="law_changed", seen=w.case(filing_id).version)
    hidden = Implementation.objects.get(code=ITEM, version=2)
    Implementation.objects.filter(pk=hidden.pk).delete()
    store.forget()
    store._version.cache_clear()
    w.settle()
    assert w.filing(filing_id).item_version == 1
    assert Inbound.objects.exclude(state="applied").get().last_error == "node.unavailable"
    hidden.save(force_insert=True)
    w.wait(hours=1)
    assert w.filing(filing_id).item_version == 2


def test_the_mirror_is_rebuilt_from_messages_with_the_move_in_them(w: World) -> None:
    from tongban.cases.actions.heard import Heard

    filing_id = w.file()
    w.accept(w.case(filing_id))
    new_version(promised_days=6)
    w.wait(days=1)
    rebased(w, w.case(filing_id))
    before, filing = CaseMirror.objects.values().get(filing_id=filing_id), w.filing(filing_id)
    said = []
    for seq in Inbound.objects.order_by("seq").values_list("seq", flat=True):
        envelope = inbound.reopen(seq)
        chain = envelope.chain
        if envelope.message.type.startswith("cn.tongban.case."):
            where = Heard(
                envelope.sender, envelope.at, chain.name, chain.subject_type, chain.subject_id, chain.position
            )
            said.append((envelope.message, where))
        installation.installed().inbound[envelope.message.type](envelope.message, envelope)  # heard again
    assert w.filing(filing_id).version == filing.version
    rebuild(w.act(system(ME)), said)
    assert CaseMirror.objects.values().get(filing_id=filing_id) == before


def test_the_database_moves_no_pin_without_the_record_of_it(w: World) -> None:
    filing_id = w.file()
    case = w.case(filing_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(item_version=2, item_digest="sha-256:x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(item_code="another")
    new_version()
    w.wait(days=1)
    rebased(w, case)
    kept = CaseRebasing.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseRebasing.objects.filter(pk=kept.pk).update(reason="law_changed")
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.delete()


def test_a_region_other_than_the_posts_is_not_even_listed(w: World) -> None:
    w.file()
    new_version()
    w.wait(days=1)
    assert [row.code for row in waiting(w.chen_qiang)] == [ITEM]
    assert waiting(w.reviewer_44) == ()
    assert w.case(Case.objects.get().filing_id).region == XINING


@pytest.fixture
def joint(w: World) -> UUID:
    """A joint filing: its first part completed, its second open, its third not called yet; a new version in force."""
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    w.complete(w.open_part(filing_id))
    new_version(item=JOINT_ITEM, plan=PLAN, modes=["joint"], promised_days=8)
    w.wait(days=1)
    return filing_id


def parts(filing_id: UUID) -> list[tuple[str, str, int]]:
    rows = Part.objects.filter(filing_id=filing_id).order_by("seq")
    return [(row.step_key, row.status, row.item_version) for row in rows]


MANAGER_44 = Actor(ActorKind.STAFF, "test", "lu-ning", ME, posts=(Post(Role.ITEM_MANAGER, "440000"),), level=4)


@pytest.mark.req("R-063")
def test_the_open_part_of_a_joint_case_follows_and_the_decided_one_stays(w: World, joint: UUID) -> None:
    due = w.open_part(joint).due_on
    rebased(w, w.case(joint), MANAGER_44)
    assert parts(joint) == [("check_in", "completed", 1), ("let_go", "open", 2)]
    followed = w.open_part(joint)
    assert (followed.due_on, followed.item_digest) == (due, w.case(joint).item_digest)
    assert [f.name for f in journal.facts("case", w.case(joint).id)][-2:] == ["case.rebased", "part.rebased"]
    fact = journal.facts("part", followed.id)[-1]
    assert (fact.name, fact.body["before"]["version"], fact.body["item"]["version"]) == ("part.version_taken", 1, 2)
    w.complete(w.open_part(joint))
    assert parts(joint)[2] == ("take_over", "open", 2), "what comes later is called under the new version"
    w.complete(w.open_part(joint))
    assert w.page(joint).result.outcome == "granted"


def test_the_dry_run_says_of_every_step_what_becomes_of_it(w: World, joint: UUID) -> None:
    run = dry_run(MANAGER_44, JOINT_ITEM, 1)
    assert run is not None
    (case,) = run.cases
    assert case.obstacles == ()
    assert [(p.step_key, p.status, p.fate) for p in case.parts] == [
        ("check_in", "completed", "stays"), ("let_go", "open", "follows"), ("take_over", None, "called_then"),
    ]  # fmt: skip
    assert {version for _, _, version in parts(joint)} == {1}


def test_a_part_decided_before_it_hears_of_the_move_stays_under_the_version_it_was_decided_under(
    w: World, joint: UUID
) -> None:
    part = w.open_part(joint)
    rebasing.rebase(w.act(MANAGER_44), w.case(joint).id, to=2, reason="law_changed", seen=w.case(joint).version)
    actions.complete_part(w.act(w.chen_qiang), part.id, seen=part.version)
    w.settle()
    assert parts(joint)[1] == ("let_go", "completed", 1)
    assert parts(joint)[2] == ("take_over", "open", 2)
    assert not PartRebasing.objects.exists()


def test_a_part_follows_nobody_but_its_lead_and_only_to_a_later_version_of_its_item(w: World, joint: UUID) -> None:
    part, item = w.open_part(joint), version_ref(JOINT_ITEM, 2)
    said = messages.PartRebased(
        part_id=part.id, case_id=part.case_id, filing_id=part.filing_id, filing_number=part.filing_number,
        step_key=part.step_key, seq=part.seq, item=item, from_version=1, reason="law_changed",
    )  # fmt: skip
    lead = Heard(part.lead_node, w.act(w.li_mei).at, "part.rebased", "case", part.case_id, 99)

    def hear(said: messages.PartRebased, heard: Heard = lead) -> str:
        with pytest.raises(Refusal) as refused:
            actions.take_version(w.act(system(ME)), said, heard)
        return refused.value.code

    assert hear(said, replace(lead, sender="14")) == "peer.untrusted"
    assert hear(replace(said, case_id=uuid4())) == "peer.untrusted"
    assert hear(replace(said, item=replace(item, code=ITEM))) == "peer.untrusted"
    assert hear(replace(said, item=replace(item, version=3))) == "node.unavailable"
    actions.take_version(w.act(system(ME)), replace(said, item=replace(item, version=1)), lead)
    assert parts(joint)[1] == ("let_go", "open", 1)
    actions.take_version(w.act(system(ME)), said, lead)
    actions.take_version(w.act(system(ME)), said, lead)
    assert PartRebasing.objects.count() == 1 and parts(joint)[1] == ("let_go", "open", 2)


def version_ref(code: str, number: int) -> messages.ItemRef:
    from tongban.items.models import Implementation

    row = Implementation.objects.get(code=code, version=number)
    return messages.ItemRef(entry_key=row.entry_key, owner=row.owner, code=code, version=number, digest=row.digest)


def test_the_database_moves_no_part_without_the_record_of_it_and_no_decided_one(w: World, joint: UUID) -> None:
    rebased(w, w.case(joint), MANAGER_44)
    first, second = Part.objects.filter(filing_id=joint).order_by("seq")
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.filter(pk=second.pk).update(item_version=1, item_digest=first.item_digest)
    kept = PartRebasing.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.delete()
    PartRebasing.objects.create(
        id=uuid4(), part=first, from_version=1, from_digest=first.item_digest, to_version=2,
        to_digest=second.item_digest, reason="law_changed", at=kept.at, by="x",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.filter(pk=first.pk).update(item_version=2, item_digest=second.item_digest)
