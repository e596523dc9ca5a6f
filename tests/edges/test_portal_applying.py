"""Applying online through the pages: places, form, papers, check, receipt; then the case page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.edges.made import REGISTRATION, RENEWAL
from tests.edges.samples import png
from tests.signing_in import signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DRIVER, UNEMPLOYMENT = "QH2020-2-48", "QH2020-1-05"
PLACES = {
    "mode": "online",
    "intake.1": "440000", "intake.2": "440300", "intake.3": "440305",
    "anchor.1": "630000", "anchor.2": "630100",
}  # fmt: skip


@pytest.fixture
def client() -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(made, "li-mei")
    return made


def answers(source: dict[str, Any] = RENEWAL, **changes: str) -> dict[str, str]:
    return {k: "true" if v is True else str(v) for k, v in {**source["answers"], **changes}.items()}


def seen(client: Client, address: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', client.get(address).content.decode())
    assert found
    return found[1]


CHOSEN = {DRIVER: ("renewal_reason", RENEWAL), UNEMPLOYMENT: ("reason", REGISTRATION)}
"""The question that chooses the situation of an item, and whose answers answer it."""


def draft(client: Client, key: str = DRIVER, places: dict[str, str] = PLACES) -> str:
    """A draft whose situation is chosen; the address its pages begin with."""
    answer = client.post(f"/apply/{key}", places)
    assert answer.status_code == 303, answer.content.decode()
    at = str(answer["Location"]).removesuffix("situation")
    question, source = CHOSEN[key]
    chosen = {question: source["answers"][question], "seen": seen(client, f"{at}situation")}
    assert client.post(f"{at}situation", chosen)["Location"] == f"{at}form"
    return at


def submitted(client: Client, key: str = DRIVER, places: dict[str, str] = PLACES, source: Any = RENEWAL) -> str:
    at = draft(client, key, places)
    answer = client.post(f"{at}form", {**answers(source), "seen": seen(client, f"{at}form")})
    assert answer.status_code == 303, re.findall(r'(?s)<div class="error-summary.*?</div>', answer.content.decode())
    answer = client.post(f"{at}check", {"promise": "yes", "seen": seen(client, f"{at}check")})
    assert answer.status_code == 303, re.findall(r'(?s)<div class="error-summary.*?</div>', answer.content.decode())
    return str(answer["Location"]).removesuffix("receipt")


def sign_in(visitor: Client, subject: str, to: str) -> None:
    """Through the sign-in page, in the session the visitor has."""
    page = visitor.get(f"/sign-in?next={to}").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    answer = visitor.post("/sign-in", {"ticket": ticket[1], "person": subject, "next": to})
    assert answer["Location"] == to


def test_the_form_is_filled_with_what_government_knows(client: Client) -> None:
    form = client.get(draft(client) + "form").content.decode()
    assert 'value="李梅"' in form
    assert "已按您的实名信息填好" in form


def test_a_wrong_answer_is_named_beside_the_field_and_kept(client: Client) -> None:
    at = draft(client)
    typed = {**answers(mobile="1540000"), "seen": seen(client, f"{at}form")}
    answer = client.post(f"{at}form", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-mobile"' in page
    assert 'id="f-mobile-error"' in page
    assert "以1开头的11位数字" in page
    assert 'value="1540000"' in page
    assert 'value="1540000"' in client.get(f"{at}form").content.decode()


@pytest.mark.parametrize(("field", "value"), [("applicant_name", "马强"), ("id_number", "630104198503219974")])
def test_nobody_files_under_anothers_identity_and_the_page_says_where_to_go(
    client: Client, field: str, value: str
) -> None:
    at = draft(client)
    form = client.get(f"{at}form").content.decode()
    assert re.search(rf'name="{field}"[^>]* readonly', form)
    answer = client.post(f"{at}form", {**answers(**{field: value}), "seen": seen(client, f"{at}form")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in page
    assert "代办窗口" in page
    assert f'value="{value}"' not in page


@pytest.mark.parametrize(("value", "said"), [("2020-03-01", "不能早于"), ("2040-01-01", "不能晚于")])
def test_a_certificate_long_expired_or_valid_too_long_is_named_beside_the_field(
    client: Client, value: str, said: str
) -> None:
    at = draft(client)
    typed = {**answers(certificate_valid_until=value), "seen": seen(client, f"{at}form")}
    page = client.post(f"{at}form", typed).content.decode()
    assert re.search(rf'(?s)id="f-certificate_valid_until-error">.*?{said}', page)


def test_a_draft_can_be_left_half_done_and_found_again(client: Client) -> None:
    at = draft(client)
    answer = client.post(f"{at}form", {"applicant_name": "李梅", "go": "save", "seen": seen(client, f"{at}form")})
    assert answer.status_code == 303
    assert "草稿" in client.get("/my/").content.decode()


def test_a_narrower_list_of_places_needs_no_script(client: Client) -> None:
    answer = client.post(f"/apply/{DRIVER}", {**PLACES, "anchor.2": "", "reload": "anchor"})
    assert answer.status_code == 200
    assert "西宁市" in answer.content.decode()


def test_a_place_left_open_is_asked_for(client: Client) -> None:
    answer = client.post(f"/apply/{DRIVER}", {k: v for k, v in PLACES.items() if not k.startswith("anchor")})
    assert answer.status_code == 422
    assert 'href="#f-anchor"' in answer.content.decode()


def test_a_province_where_a_city_decides_is_refused_beside_the_field_and_asked_for_before_the_start(
    client: Client,
) -> None:
    places = {**PLACES, "anchor.2": ""}
    answer = client.post(f"/apply/{DRIVER}", places)
    assert answer.status_code == 422
    assert re.search(r'(?s)id="f-anchor".*?field-error.*?请选择到市', answer.content.decode())
    for page in (f"/items/{DRIVER}?there=630000", f"/way?item={DRIVER}&here=440300&there=630000"):
        shown = client.get(page).content.decode()
        assert "不由省里决定" in shown
        asked, begin = shown.index("不由省里决定"), shown.find(f'href="/apply/{DRIVER}')
        assert begin == -1 or asked < begin


def test_a_submitted_renewal_says_honestly_what_is_pending(client: Client) -> None:
    mine = submitted(client)
    receipt = client.get(f"{mine}receipt").content.decode()
    number = re.search(r"44-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z*~$=]", receipt)
    assert number
    assert "收件不等于受理" in receipt
    assert "<svg" in receipt
    case = client.get(mine).content.decode()
    assert "已提交，等待" in case
    assert "您不用重新提交" in case
    assert number[0] in case
    assert number[0] in client.get("/my/").content.decode()


@pytest.mark.req("R-142")
def test_a_matter_of_this_place_loops_back_and_names_its_holder(client: Client) -> None:
    from tongban.journal import worker

    places = {"mode": "online", "intake.1": "440000", "intake.2": "440300", "intake.3": "440305",
              "anchor.1": "440000", "anchor.2": "440300", "anchor.3": "440305"}  # fmt: skip
    mine = submitted(client, UNEMPLOYMENT, places, REGISTRATION)
    worker.drain()
    case = client.get(mine).content.decode()
    assert "业务属地收到申请" in case
    assert "最迟到何时" in case


def test_a_submitted_draft_cannot_be_changed_by_its_old_pages(client: Client) -> None:
    mine = submitted(client)
    old = mine.replace("/my/", "/drafts/")
    for answer in (
        client.get(f"{old}form"),
        client.get(f"{old}check"),
        client.post(f"{old}form", {**answers(mobile="13900000000"), "seen": "1"}),
        client.post(f"{old}check", {"promise": "yes", "seen": "1"}),
    ):
        assert (answer.status_code, answer["Location"]) == (303, f"{mine}receipt")
    assert "已经提交" in client.get(f"{mine}receipt").content.decode()
    assert "13900000000" not in client.get(mine).content.decode()


def test_nothing_is_submitted_without_the_promise(client: Client) -> None:
    at = draft(client)
    client.post(f"{at}form", {**answers(), "seen": seen(client, f"{at}form")})
    answer = client.post(f"{at}check", {"seen": seen(client, f"{at}check")})
    assert answer.status_code == 422
    assert 'href="#f-promise"' in answer.content.decode()


def test_two_windows_open_on_one_draft_do_not_overwrite_each_other(client: Client) -> None:
    at = draft(client)
    first = seen(client, f"{at}form")
    assert client.post(f"{at}form", {**answers(), "seen": first}).status_code == 303
    answer = client.post(f"{at}form", {**answers(mobile="13900000000"), "seen": first})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "内容已被更新" in page
    assert "15400000001" in page and "13900000000" in page  # both are shown
    assert f'name="seen" value="{first}"' in page
    again = client.post(f"{at}form", {**answers(mobile="13900000000"), "seen": first})
    assert again.status_code == 422  # pressing once more overwrites nothing
    assert 'value="15400000001"' in client.get(f"{at}form").content.decode()
    over = re.search(r'name="over" value="(\d+)"', page)
    assert over
    chosen = client.post(f"{at}form", {**answers(mobile="13900000000"), "seen": first, "over": over[1]})
    assert chosen.status_code == 303
    assert 'value="13900000000"' in client.get(f"{at}form").content.decode()


def test_what_was_typed_when_the_session_had_ended_comes_back_after_signing_in(client: Client) -> None:
    at = draft(client)
    typed = {**answers(certificate_number="QH-VERY-LONG-TO-TYPE"), "seen": seen(client, f"{at}form")}
    visitor = Client(headers={"accept-language": "zh-CN"})  # the same browser, its session gone
    stopped = visitor.post(f"{at}form", typed)
    assert stopped["Location"].startswith("/sign-in?next=")
    assert "保留30分钟" in visitor.get(stopped["Location"]).content.decode()
    sign_in(visitor, "li-mei", f"{at}form")
    page = visitor.get(f"{at}form").content.decode()
    assert 'value="QH-VERY-LONG-TO-TYPE"' in page
    assert "还没有保存" in page
    assert "QH-VERY-LONG-TO-TYPE" not in str(visitor.session.items())  # sealed
    visitor.post(f"{at}form", {**typed, "go": "save"})
    assert "还没有保存" not in visitor.get(f"{at}form").content.decode()


def test_what_was_typed_is_given_to_nobody_else(client: Client) -> None:
    at = draft(client)
    visitor = Client(headers={"accept-language": "zh-CN"})
    visitor.post(f"{at}form", {**answers(certificate_number="QH-VERY-LONG-TO-TYPE"), "seen": "1"})
    sign_in(visitor, "ma-qiang", f"{at}form")
    answer = visitor.get(f"{at}form")
    assert answer.status_code == 404
    assert "QH-VERY-LONG-TO-TYPE" not in answer.content.decode()


def test_a_level_too_low_is_said_before_the_form_with_what_to_do() -> None:
    visitor = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(visitor, "sun-yan")
    page = visitor.get(f"/apply/{DRIVER}").content.decode()
    assert "2级（身份信息比对）" in page and "3级（实人核验）" in page
    assert "重新登录" in page
    assert "开始填写" not in page
    assert visitor.post(f"/apply/{DRIVER}", PLACES).status_code == 422
    assert "草稿" not in visitor.get("/my/").content.decode()


def test_an_unfinished_draft_of_the_same_matter_is_offered_before_another_is_begun(client: Client) -> None:
    at = draft(client)
    offered = client.post(f"/apply/{DRIVER}", PLACES)
    assert offered.status_code == 200
    assert f'href="{at}form"' in offered.content.decode()
    assert client.post(f"/apply/{DRIVER}", {**PLACES, "anchor.2": "630200"}).status_code == 303  # another place
    assert client.post(f"/apply/{DRIVER}", {**PLACES, "anew": "1"}).status_code == 303
    rows = client.get("/my/").content.decode()
    assert "青海省西宁市" in rows and "青海省海东市" in rows


def test_a_paper_that_the_answers_promise_is_asked_for_on_the_step_for_papers(client: Client) -> None:
    at = draft(client)
    filled = client.post(f"{at}form", {**answers(photo_choice="upload"), "seen": seen(client, f"{at}form")})
    assert filled["Location"] == f"{at}materials"
    photo = re.search(r'(?s)<li class="material">((?!</li>).)*f-photo', client.get(f"{at}materials").content.decode())
    assert photo and "尚缺" in photo[0] and "免提交" not in photo[0] and "可以不传" not in photo[0]
    stopped = client.post(f"{at}materials", {"go": "next"})
    assert stopped.status_code == 422
    assert 'href="#f-photo"' in stopped.content.decode()
    sent = {"go": "next", "file.photo": SimpleUploadedFile("photo.png", png(), "image/png")}
    assert client.post(f"{at}materials", sent)["Location"] == f"{at}check"


@pytest.mark.req("R-070")
def test_what_data_sharing_can_verify_is_not_asked_for(client: Client) -> None:
    shown = client.get(draft(client) + "materials").content.decode()
    exempt = [one for one in re.findall(r'(?s)<li class="material">.*?</li>', shown) if "免提交" in one]
    assert len(exempt) >= 5
    assert all("可以不传" in one for one in exempt if 'type="file"' in one)
    assert len([one for one in exempt if 'type="file"' in one]) < len(exempt)


def test_a_disguised_file_is_refused_and_nothing_is_kept(client: Client) -> None:
    at = draft(client)
    evil = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script>", content_type="image/png")
    answer = client.post(f"{at}materials", {"file.photo": evil, "go": "next"})
    assert answer.status_code == 422
    assert re.search(r'<a href="#f-photo">近期白底电子照：[^<]*原文件', answer.content.decode())
    assert "photo.png" not in client.get(f"{at}materials").content.decode()


def test_a_file_is_taken_in_shown_and_taken_back(client: Client) -> None:
    at = draft(client)
    photo = SimpleUploadedFile("我的照片.png", png(), content_type="image/png")
    assert client.post(f"{at}materials", {"file.photo": photo, "go": "stay"}).status_code == 303
    shown = client.get(f"{at}materials").content.decode()
    assert "我的照片.png" in shown
    upload = re.search(r'name="remove" value="([^"]+)"', shown)
    assert upload
    mine = at.replace("/drafts/", "/my/")
    file = client.get(f"{mine}files/{upload[1]}")
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content) == png()  # type: ignore[attr-defined]
    client.post(f"{at}materials", {"remove": upload[1]})
    assert "我的照片.png" not in client.get(f"{at}materials").content.decode()


def test_another_persons_matter_does_not_exist_for_you(client: Client) -> None:
    mine = submitted(client)
    other = Client()
    signed_in_as(other, "han-xue")
    for address in (mine, f"{mine}receipt", f"{mine}result", f"{mine}withdraw", f"{mine}correction"):
        assert other.get(address).status_code == 404


def test_what_cannot_be_applied_for_here_is_refused_in_words(client: Client) -> None:
    answer = client.get("/apply/QH2020-3-04")
    assert answer.status_code == 409
    assert "该事项此处暂未开通" in answer.content.decode()


def test_a_draft_is_deleted_only_after_asking(client: Client) -> None:
    at = draft(client)
    assert "删除草稿？" in client.get(f"{at}discard").content.decode()
    assert client.post(f"{at}discard", {"seen": seen(client, f"{at}discard")}).status_code == 303
    answer = client.get(f"{at}form")
    assert (answer.status_code, answer["Location"]) == (303, "/my/")


def test_the_pages_are_small(client: Client) -> None:
    import gzip

    for address in ("/", "/items", f"/items/{DRIVER}", draft(client) + "form"):
        assert len(gzip.compress(client.get(address).content)) < 30_000
