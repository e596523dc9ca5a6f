"""The reviewer's desk: what is asked for again, what is decided, and the papers that say so."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from tests.edges.test_portal_correcting import a_case
from tests.signing_in import signed_in_as

from tongban.cases.models import Case, CorrectionPoint
from tongban.journal import worker
from tongban.organizations import queries as organizations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def signed_in(subject: str) -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(made, subject)
    return made


@pytest.fixture
def applicant() -> Client:
    return signed_in("li-mei")


@pytest.fixture
def reviewer() -> Client:
    return signed_in("huang-zhiqiang")


@pytest.fixture
def case(applicant: Client) -> UUID:
    return a_case(applicant)[1]


def seen(case: UUID) -> str:
    return str(Case.objects.get(id=case).version)


def accepted(reviewer: Client, case: UUID) -> None:
    assert reviewer.post(f"/desk/cases/{case}/accept", {"seen": seen(case)}).status_code == 303


def shown(reviewer: Client, address: str) -> str:
    return reviewer.get(address).content.decode()


@pytest.mark.req("R-109")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"p1-text": "请核对姓名"}, "写了内容却没有勾选"),
        ({"p1-code": "wrong"}, "写了内容却没有勾选"),
        ({"p1-on": "1", "p1-text": "请核对姓名"}, "请选择是什么问题"),
        ({"p1-on": "1", "p1-code": "wrong"}, "请写明怎样才符合要求"),
    ],
)
def test_nothing_written_on_a_correction_is_dropped_it_is_asked_about_beside_its_line(reviewer, case, typed, said):
    whole = {"p2-on": "1", "p2-code": "wrong", "p2-text": "请核对号码"}
    answer = reviewer.post(f"/desk/cases/{case}/correction", {"seen": seen(case), **whole, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'(?s)id="p1-error">.*?{said}', page)
    assert typed.get("p1-text", "") in page and "请核对号码" in page
    assert not CorrectionPoint.objects.filter(round__case=case).exists()


def test_the_reviewer_sees_where_it_was_filed_and_which_place_it_belongs_to(reviewer, case):
    page = shown(reviewer, f"/desk/cases/{case}")
    for region in Case.objects.values_list("intake_region", "anchor_region").get(id=case):
        assert "".join(organizations.path(region)) in page


def test_a_line_of_the_correction_page_presumes_no_fault(reviewer, case):
    page = shown(reviewer, f"/desk/cases/{case}/correction")
    assert page.count('<option value="">请选择</option>') == page.count('-code" name="')
    assert " selected>" not in page.split('class="rows correction-lines"')[1]


def test_a_denial_is_shown_before_it_is_made_and_named_the_same_at_both_places(applicant, reviewer):
    mine, case, _ = a_case(applicant)
    accepted(reviewer, case)
    said = {"seen": seen(case), "code": "condition_not_met", "text": "尚未解除劳动合同"}
    preview = reviewer.post(f"/desk/cases/{case}/deny", said).content.decode()
    assert "申请人将看到" in preview and "不符合法定条件" in preview and "尚未解除劳动合同" in preview
    assert Case.objects.get(id=case).status == "accepted"
    again = reviewer.post(f"/desk/cases/{case}/deny", {**said, "edit": "1"}).content.decode()
    assert 'id="code-condition_not_met" name="code" value="condition_not_met" checked' in again
    assert reviewer.post(f"/desk/cases/{case}/deny", {**said, "confirm": "1"}).status_code == 303
    worker.drain()
    at_desk, at_home = (shown(reviewer, f"/desk/cases/{case}/documents/decision"), shown(applicant, f"{mine}result"))
    for paper in (at_desk, at_home):
        assert re.search(r"<h1[^>]*>不予许可决定书</h1>", paper)
        assert "不符合法定条件" in paper and "尚未解除劳动合同" in paper


def test_not_accepting_is_shown_before_it_is_done(reviewer, case):
    said = {"seen": seen(case), "code": "not_competent", "text": "请到市级部门办理"}
    assert "申请人将看到" in reviewer.post(f"/desk/cases/{case}/not-accept", said).content.decode()
    assert Case.objects.get(id=case).status == "received"
    assert reviewer.post(f"/desk/cases/{case}/not-accept", {**said, "confirm": "1"}).status_code == 303


def test_papers_are_signed_with_the_units_name_and_the_applicant_can_print_the_acceptance(applicant, reviewer):
    mine, case, number = a_case(applicant)
    assert applicant.get(f"{mine}acceptance").status_code == 404
    accepted(reviewer, case)
    worker.drain()
    paper = shown(reviewer, f"/desk/cases/{case}/documents/acceptance")
    authority = Case.objects.get(id=case).authority
    assert authority not in paper
    assert organizations.authority(authority).name in paper
    assert f"{mine}acceptance" in shown(applicant, mine)
    assert number in shown(applicant, f"{mine}acceptance")


def test_a_withdrawn_case_says_who_asked_for_it(applicant, reviewer):
    mine, case, _ = a_case(applicant)
    found = re.search(r'name="seen" value="(\d+)"', shown(applicant, f"{mine}withdraw"))
    assert applicant.post(f"{mine}withdraw", {"seen": found[1]}).status_code == 303
    worker.drain()
    page = shown(reviewer, f"/desk/cases/{case}")
    assert "申请撤回" in page and "办结：申请人撤回" in page
