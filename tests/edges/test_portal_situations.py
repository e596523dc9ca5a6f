"""The questions before the form, page by page and without a script; and marriage, filed and decided at one office."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import filled_forms as filled
from tests.signing_in import signed_in_as

from tongban.cases import queries
from tongban.items import queries as items
from tongban.journal import worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

MEDICAL, MARRIAGE, FUND, HOUSEHOLD = "QH2020-2-61", "QH2020-3-03", "QH2020-2-45", "QH2020-2-06"
HERE = {"intake.1": "440000", "intake.2": "440300", "intake.3": "440305"}
THERE = {"anchor.1": "630000", "anchor.2": "630100", "anchor.3": "630102"}


@pytest.fixture
def client() -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(made, "li-mei")
    return made


def begun(client: Client, key: str, mode: str = "online", **places: str) -> str:
    """The address of a new draft, which leads to the questions."""
    answer = client.post(f"/apply/{key}", {"mode": mode, **HERE, **places})
    assert answer.status_code == 303, answer.content.decode()
    assert answer["Location"].endswith("situation")
    return str(answer["Location"]).removesuffix("situation")


def post(client: Client, address: str, /, **typed: str):
    seen = re.search(r'name="seen" value="(\d+)"', client.get(address).content.decode())
    assert seen
    return client.post(address, {"seen": seen[1], **typed})


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def filing(address: str):
    from uuid import UUID

    from tongban.identity import queries as identity

    return queries.filing_view(identity.actor_of("demo", "li-mei"), UUID(address.split("/")[2]))


@pytest.mark.req("R-038")
def test_one_question_leads_to_the_next_and_then_to_a_form_that_asks_no_more_than_that_branch(client: Client) -> None:
    at = begun(client, MEDICAL, **THERE)
    assert client.get(f"{at}form")["Location"] == f"{at}situation"
    first = page(client, f"{at}situation")
    assert 'name="kind"' in first and 'name="temporary_kind"' not in first
    second = post(client, f"{at}situation", **{"kind": "temporary", "shown.kind": "1"})
    assert second.status_code == 200 and 'name="temporary_kind"' in second.content.decode()
    done = post(client, f"{at}situation", kind="temporary", temporary_kind="referral")
    assert (done.status_code, done["Location"]) == (303, f"{at}form")
    form = page(client, f"{at}form")
    assert "异地转诊就医" in form and 'name="hospital"' in form
    assert 'name="kind"' not in form and 'name="proof_choice"' not in form
    assert not re.search(r'data-when="(temporary_kind|kind)"', form), "a script must not hide what is settled"


def test_a_question_left_open_is_named(client: Client) -> None:
    at = begun(client, MEDICAL, **THERE)
    answer = post(client, f"{at}situation", **{"shown.kind": "1"})
    assert answer.status_code == 422 and 'href="#f-kind"' in answer.content.decode()
    nonsense = post(client, f"{at}situation", **{"kind": "forever", "shown.kind": "1"})
    assert nonsense.status_code == 422


def test_choosing_another_situation_drops_the_answers_of_the_first_and_keeps_the_rest(client: Client) -> None:
    at = begun(client, MEDICAL, **THERE)
    post(client, f"{at}situation", kind="temporary", temporary_kind="referral")
    post(client, f"{at}form", go="save", hospital="虚构医院", insurance="employee")
    assert filing(at).answers["hospital"] == "虚构医院"
    post(client, f"{at}situation", kind="long_term", long_kind="posted")
    left = filing(at)
    assert left.situation.key == "posted"
    assert {"hospital", "temporary_kind"} & set(left.answers) == set()
    assert left.answers["insurance"] == "employee"
    assert [m.key for m in left.materials] == ["filing_form", "id_card", "residence_proof"]


def test_an_item_without_situations_goes_straight_to_its_form(client: Client) -> None:
    releasing = {name.replace("anchor", "releasing"): code for name, code in THERE.items()}
    answer = client.post("/apply/QH2020-1-07", {"mode": "joint", **HERE, **THERE, **releasing})
    assert answer["Location"].endswith("form")
    assert client.get(answer["Location"].replace("form", "situation"))["Location"] == answer["Location"]


@pytest.mark.req("R-066")
def test_marriage_is_asked_for_one_place_and_that_place_decides(client: Client) -> None:
    start = page(client, f"/apply/{MARRIAGE}")
    assert 'name="intake.1"' in start and 'name="anchor.1"' not in start
    at = begun(client, MARRIAGE, "any_office")
    post(client, f"{at}situation", history="remarriage")
    form = items.open_version(MARRIAGE, "44").form
    typed = filled.answers(form, history="remarriage", partner_name="马强", partner_id_number="630104198503219974")
    known = {"applicant_name", "id_number", "mobile"}
    words = {k: "true" if v is True else str(v) for k, v in typed.items() if k not in known}
    mine = {"applicant_name": "李梅", "id_number": "630102198806159961", "mobile": "15400000001"}
    answer = post(client, f"{at}form", **words, **mine)
    assert (answer.status_code, answer["Location"]) == (303, f"{at}materials")
    assert page(client, f"{at}materials").count("到场出示") == 3
    check = page(client, f"{at}check")
    assert "再婚" in check and "马强" in check
    answer = post(client, f"{at}check", promise="yes")
    assert answer.status_code == 303
    worker.drain()
    view = filing(answer["Location"])
    assert (view.stage, view.competent_node, view.mode, view.anchor_region) == (
        "received",
        "44",
        "any_office",
        "440305",
    )


def test_a_missing_paper_is_named_in_words_before_anything_is_sent(client: Client) -> None:
    at = begun(client, "QH2020-2-67", **THERE)
    post(client, f"{at}situation", reason="damaged")
    form = items.open_version("QH2020-2-67", "63").form
    typed = {**filled.answers(form, reason="damaged"), "applicant_name": "李梅"}
    regions = {"residence_region.1": "440000", "residence_region.2": "440300", "residence_region.3": "440305"}
    answer = post(client, f"{at}form", **{k: "true" if v is True else str(v) for k, v in typed.items()}, **regions)
    assert answer.status_code == 303, answer.content.decode()
    answer = post(client, f"{at}check", promise="yes")
    assert answer.status_code == 422
    assert 'href="#f-materials.photo">还缺：近期二寸白底免冠彩照' in (text := answer.content.decode())
    assert 'id="f-materials.photo"' in text


def test_the_two_places_of_a_joint_matter_are_named_as_the_item_names_them(client: Client) -> None:
    household = page(client, f"/apply/{HOUSEHOLD}")
    assert "迁入地" in household and "迁出地" in household and "转入地" not in household
    fund = page(client, f"/apply/{FUND}")
    assert "住房公积金缴存地" in fund and "购房地" in fund and "多地联办时必填" in fund
    answer = client.post(f"/apply/{FUND}", {"mode": "joint", **HERE, **THERE})
    assert answer.status_code == 422 and 'href="#f-releasing"' in answer.content.decode()
    assert client.post(f"/apply/{FUND}", {"mode": "online", **HERE, **THERE}).status_code == 303


def test_a_corrected_question_opens_those_of_the_other_situation_on_the_same_page(client: Client) -> None:
    from tongban.cases.actions import filing as filings
    from tongban.cases.actions import review
    from tongban.cases.models import Case
    from tongban.identity import queries as identity
    from tongban.journal import clock
    from tongban.kernel.people import Act

    mine = Act(identity.actor_of("demo", "li-mei"), clock.now())
    form = items.open_version(MEDICAL, "44").form
    said = filled.answers(form, kind="temporary", temporary_kind="referral", applicant_name="李梅")
    filing_id = filings.file(mine, MEDICAL, "online", answers=said, anchor_region="440305", intake_region="440305")
    worker.drain()
    case = Case.objects.get(filing_id=filing_id)
    points = (review.Point("p1", "answer:kind", "unclear", "请核对住多久"),)
    reviewer = Act(identity.actor_of("demo", "xie-min"), clock.now())
    review.request_correction(reviewer, case.id, points=points, reason=None, seen=case.version)
    worker.drain()
    at = f"/my/{filing_id}/correction"
    assert 'name="long_kind"' not in page(client, at)
    answer = post(client, at, kind="long_term")
    assert answer.status_code == 422
    assert 'name="long_kind"' in (text := answer.content.decode()) and 'name="proof_choice"' in text
    answer = post(client, at, kind="long_term", long_kind="posted", proof_choice="promise")
    assert answer.status_code == 303, re.findall(r'(?s)<div class="error-summary.*?</div>', answer.content.decode())
    now = filing(f"/my/{filing_id}/")
    assert now.situation.key == "posted" and "hospital" not in now.answers
