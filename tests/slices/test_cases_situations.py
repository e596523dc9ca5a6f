"""A matter in its situation: its own papers, its manual at the desk, and what changes when an answer is corrected."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cases_world import ANSWERS, ME, PHOTO, SHENZHEN, TODAY, World, content, world

from tongban.cases import queries
from tongban.cases.actions import reading
from tongban.cases.actions.review import Point
from tongban.items import store
from tongban.items.models import Implementation
from tongban.items.rules.content import digest_of
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db

KEY = "TEST-PET-3"
COLLAR = {**PHOTO, "key": "collar", "name": "项圈", "accepts": []}
BOWL = {
    **PHOTO, "key": "bowl", "name": "食盆照片", "exempt": True, "exempt_by": "data", "upload_optional": True,
    "necessity": "conditional", "required_if": {"chip": ["900123"]},
}  # fmt: skip
ELEMENTS = {
    "situations": [
        {"key": "dog", "name": "犬", "name_en": "dog", "when": {"species": ["dog"]}, "materials": ["photo", "collar"],
         "steps": ["登记"]},
        {"key": "cat", "name": "猫", "name_en": "cat", "when": {"species": ["cat"]}, "materials": ["bowl"]},
    ]
}  # fmt: skip
STEP = {"actor": "站点", "place": "home", "limit": "", "output": "", "note": ""}
GUIDE = {
    "steps": [{**STEP, "seq": 1, "name": "称重"}, {**STEP, "seq": 2, "name": "登记"}],
    "conditions": [{"text": "已接种", "confidence": "low"}], "exceptions": ["走失的另办"],
    "intake_duty": "收件", "competent_duty": "登记", "legal_basis": [{"law": "宠物条例", "confidence": "high"}],
}  # fmt: skip


@pytest.fixture
def w() -> World:
    with world() as found:
        body = content(
            KEY, materials=[PHOTO, COLLAR, BOWL], decision_place="intake_region", modes=["any_office", "proxy"],
            elements=ELEMENTS, guide=GUIDE, statutory_days=0, promised_days=0,
        )  # fmt: skip
        Implementation.objects.filter(code=KEY).update(valid_to=TODAY)
        Implementation.objects.create(
            owner=ME, code=KEY, version=2, digest=digest_of(ME, KEY, 2, body), entry_key=KEY, valid_from=TODAY,
            content=body,
        )  # fmt: skip
        store.forget()
        yield found


def cat(w: World, **changes):
    return w.file(entry_key=KEY, mode="any_office", anchor_region=SHENZHEN, answers={**ANSWERS, "species": "cat",
                  "chip": "900124", **changes})  # fmt: skip


@pytest.mark.req("R-038")
def test_only_the_papers_of_the_situation_are_asked_for(w):
    with pytest.raises(Refusal) as refused:
        w.file(entry_key=KEY, mode="any_office", anchor_region=SHENZHEN)
    assert refused.value.fields == {"materials.photo": "required"}
    page = w.page(cat(w))
    assert (page.situation.key, page.situation.name) == ("cat", "猫")
    assert [(m.key, m.state) for m in page.materials] == [("bowl", "exempt")]


def test_what_nobody_has_to_hand_in_is_missing_when_the_answers_promise_it(w):
    draft = w.draft(entry_key=KEY, mode="any_office", anchor_region=SHENZHEN)
    assert {m.key for m in w.page(draft).materials} == {"photo", "collar", "bowl"}
    w.save(draft, {**ANSWERS, "species": "cat"})
    assert [(m.key, m.state, m.exempt_by) for m in w.page(draft).materials] == [("bowl", "missing", None)]
    w.save(draft, {**ANSWERS, "species": "dog"})
    assert [(m.key, m.state) for m in w.page(draft).materials] == [("photo", "missing"), ("collar", "on_site")]


@pytest.mark.req("R-039")
def test_the_desk_reads_the_manual_of_the_situation_and_the_applicant_does_not(w):
    filing_id = cat(w)
    assert w.page(filing_id).manual is None
    file = reading.open_case_file(w.act(w.reviewer_44), "case", w.case(filing_id).id)
    assert (file.situation.key, file.manual.duty) == ("cat", "登记")
    assert [step.name for step in file.manual.steps] == ["称重", "登记"]
    assert (file.manual.conditions[0].confidence, file.manual.exceptions) == ("low", ("走失的另办",))


def test_the_clerk_sees_the_steps_of_the_situation_alone(w):
    draft = w.draft(w.wang_fang, "proxy", entry_key=KEY, anchor_region=SHENZHEN)
    w.save(draft, actor=w.wang_fang)
    view = queries.filing_view(w.wang_fang, draft)
    assert (view.manual.duty, [step.name for step in view.manual.steps]) == ("收件", ["登记"])


def test_a_corrected_answer_leads_to_the_other_situation_at_both_places(w):
    filing_id = cat(w)
    _ask(w, filing_id)
    with pytest.raises(Refusal) as refused:
        w.answer(filing_id, answers={**ANSWERS, "species": "dog"})
    assert refused.value.fields == {"materials.photo": "required"}
    w.answer(filing_id, answers={**ANSWERS, "species": "cat", "pet_name": "咪咪", "chip": "900124"})
    assert w.page(filing_id).situation.key == "cat"
    file = reading.open_case_file(w.act(w.reviewer_44), "case", w.case(filing_id).id)
    assert file.situation.key == "cat"


def _ask(w: World, filing_id) -> None:
    from tongban.cases.actions import review

    case = w.case(filing_id)
    points = (Point("p1", "answer:species", "unclear", "请核对种类"),)
    review.request_correction(w.act(w.reviewer_44), case.id, points=points, reason=None, seen=case.version)
    w.settle()


def test_what_any_office_decides_on_the_spot_is_due_on_the_day_it_accepts(w):
    filing_id = cat(w)
    w.accept(w.case(filing_id), w.reviewer_44)
    case = w.case(filing_id)
    assert (case.work_days, case.work_due_on, case.intake_region) == (0, TODAY, SHENZHEN)
    w.grant(case, w.reviewer_44)
    page = w.page(filing_id)
    assert (page.stage, page.result.outcome, page.mode) == ("completed", "granted", "any_office")
    assert page.result.decided_on == date(2026, 11, 23)


def test_who_is_no_reviewer_of_the_office_cannot_decide_there(w):
    filing_id = cat(w)
    with pytest.raises(Refusal):
        w.accept(w.case(filing_id), w.chen_qiang)
