"""Joint handling 多地联办: one lead case, three parts, each decided by its own place, one view for the applicant."""

from __future__ import annotations

import pytest
from tests.cases_world import SHENZHEN, XINING, World, world

from tongban.cases import queries
from tongban.cases.actions import decision, filing, joint
from tongban.cases.models import Part, PartMirror
from tongban.cases.models.sealed import unseal
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


@pytest.fixture
def filed(w):
    """A joint filing whose lead case is accepted."""
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    return filing_id


@pytest.mark.req("R-089", "R-094")
def test_three_parts_are_decided_one_after_another_and_the_lead_follows(w, filed):
    owners = []
    for _ in range(3):
        part = w.open_part(filed)
        owners.append((part.step_key, part.region))
        assert w.page(filed).holder.who == "part"
        w.complete(part, note=f"{part.step_key} 办结")
    assert owners == [("check_in", SHENZHEN), ("let_go", XINING), ("take_over", SHENZHEN)]
    page = w.page(filed)
    assert (page.stage, page.result.outcome, page.result.text) == ("completed", "granted", "take_over 办结")
    assert [(part.seq, part.status) for part in page.parts] == [
        (1, "completed"),
        (2, "completed"),
        (3, "completed"),
    ]
    assert Part.objects.count() == PartMirror.objects.count() == 3
    decided = [e for e in page.timeline if e.code == "part.decided"]
    assert [entry.side for entry in decided] == ["part"] * 3


def test_before_its_turn_a_part_does_not_exist(w, filed):
    assert [part.step_key for part in Part.objects.all()] == ["check_in"]
    assert [p.status for p in w.page(filed).parts] == ["open", "waiting", "waiting"]
    assert [p.node for p in w.page(filed).parts] == ["44", "44", "44"]
    assert w.page(filed).parts[1].place == "青海省西宁市"


@pytest.mark.req("R-089")
def test_a_refusal_of_one_part_denies_the_lead_and_ends_the_plan(w, filed):
    w.complete(w.open_part(filed))
    w.refuse(w.open_part(filed))
    page = w.page(filed)
    assert (page.stage, page.result.outcome, dict(page.result.reasons)) == (
        "completed",
        "denied",
        {"debt": "尚有欠费"},
    )
    assert [part.status for part in page.parts] == ["completed", "refused", "waiting"]
    assert Part.objects.count() == 2


@pytest.mark.req("R-089")
def test_a_part_that_nobody_answers_lapses_and_the_lead_closes(w, filed):
    part = w.open_part(filed)
    w.wait(days=10)
    assert w.open_part(filed).due_on < part.lapses_on
    w.wait(days=10)
    page = w.page(filed)
    assert (page.status, page.stage, page.close_reason) == ("concluded", "lapsed", "lapsed")
    assert Part.objects.get().status == "lapsed"


def test_people_cannot_decide_a_joint_case_but_only_parts(w, filed):
    case = w.case(filed)
    with pytest.raises(Refusal) as refused:
        decision.grant(w.act(w.reviewer_44), case.id, result=decision.ResultDraft(), seen=case.version)
    assert refused.value.code == "state.decided_by_parts"


def test_a_part_is_decided_only_by_the_place_that_owns_it(w, filed):
    part = w.open_part(filed)
    with pytest.raises(Refusal) as refused:
        joint.complete_part(w.act(w.chen_qiang), part.id, seen=part.version)
    assert refused.value.code == "permission.denied"
    assert [row.id for row in queries.desk_queue(w.reviewer_44, "parts").items] == [part.id]
    assert queries.desk_queue(w.chen_qiang, "parts").items == ()


def test_a_joint_filing_cannot_be_withdrawn_here(w, filed):
    with pytest.raises(Refusal) as refused:
        filing.request_withdrawal(w.act(w.li_mei), filed, seen=w.filing(filed).version)
    assert refused.value.code == "state.withdrawal_not_in_joint"


def test_a_joint_filing_names_the_releasing_place(w):
    with pytest.raises(Refusal) as refused:
        w.file(entry_key="TEST-PET-2", mode="joint", anchor_region=SHENZHEN)
    assert refused.value.fields == {"releasing_region": "required"}


def test_the_releasing_place_sees_only_what_its_step_needs(w, filed):
    w.complete(w.open_part(filed))
    part = w.open_part(filed)
    content = unseal(part.content_sealed, table="part", id=part.id, column="content")
    assert content["answers"] == {"pet_name": "旺财"}


def test_a_part_decided_twice_is_refused(w, filed):
    part = w.open_part(filed)
    w.complete(part)
    with pytest.raises(Refusal) as refused:
        joint.complete_part(w.act(w.reviewer_44), part.id, seen=part.version + 1)
    assert refused.value.code == "state.already_decided"


def test_advancing_the_lead_again_changes_nothing(w, filed):
    from tongban.kernel.people import Act, system

    case, before = w.case(filed), PartMirror.objects.count()
    joint.advance(Act(system("44"), w.act(w.li_mei).at), case.id)
    assert (PartMirror.objects.count(), w.case(filed).version) == (before, case.version)
