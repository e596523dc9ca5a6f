"""Taking papers in at the window: the place is narrow enough, and the form names the person who stands there."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.edges.made import RENEWAL
from tests.signing_in import signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

PERSON = {"entry": "QH2020-2-48", "name": "马强", "id_number": "630104198503219974", "mobile": "15400000002",
          "anchor.1": "630000", "anchor.2": "630100"}  # fmt: skip
ANSWERS = {k: "true" if v is True else str(v) for k, v in RENEWAL["answers"].items()}
HIS = {**ANSWERS, "applicant_name": "马强", "id_number": "630104198503219974"}


@pytest.fixture
def clerk() -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(made, "wang-fang")
    return made


def begun(clerk: Client) -> tuple[str, str]:
    answer = clerk.post("/desk/intake", PERSON)
    assert answer.status_code == 303, answer.content.decode()
    page = clerk.get(answer["Location"]).content.decode()
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    return answer["Location"], seen[1]


def test_a_province_alone_is_refused_beside_the_place(clerk: Client) -> None:
    answer = clerk.post("/desk/intake", {**PERSON, "anchor.2": ""})
    assert answer.status_code == 422
    assert re.search(r'(?s)id="f-anchor".*?请选择到市', answer.content.decode())


def test_what_the_place_of_intake_decides_is_not_taken_in_for_another_province(clerk: Client) -> None:
    answer = clerk.post("/desk/intake", {**PERSON, "entry": "QH2020-1-05"})
    assert answer.status_code == 422
    assert re.search(r'(?s)id="f-anchor".*?请到那个地区的网站提交', answer.content.decode())
    here = {**PERSON, "entry": "QH2020-1-05", "anchor.1": "440000", "anchor.2": "440300"}
    assert clerk.post("/desk/intake", here).status_code == 303


def test_the_city_that_decides_stands_beside_the_person(clerk: Client) -> None:
    at, _ = begun(clerk)
    assert "业务属地 青海省西宁市" in clerk.get(at).content.decode()


@pytest.mark.req("R-081")
def test_the_form_names_the_person_identified_at_the_window_and_nobody_else(clerk: Client) -> None:
    at, seen = begun(clerk)
    answer = clerk.post(at, {**ANSWERS, "seen": seen})  # Li Mei's name and number
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-applicant_name-error"' in page and 'id="f-id_number-error"' in page
    assert "窗口核验身份的人" in page
    assert re.search(r'name="id_number" value="630104198503219974"[^>]* readonly', page)
    assert clerk.post(at, {**HIS, "seen": seen}).status_code == 303


@pytest.mark.req("R-081")
def test_the_third_screen_says_beside_each_material_and_the_identity_check_what_is_left(clerk: Client) -> None:
    at, seen = begun(clerk)
    checks = clerk.post(at, {**HIS, "seen": seen})["Location"]
    page = clerk.get(checks).content.decode()
    due = re.findall(r'name="formal" value="(\w+)"', page)
    assert due
    assert "safety_record" not in due and 'id="f-safety_record"' in page  # 由办理地核查，收件地不作判断
    left = clerk.post(checks, {"seen": "1", "formal": due[:-1], "forward": "1"})
    page = left.content.decode()
    assert left.status_code >= 400
    assert re.search(r'(?s)id="f-identity_method".*?请选择怎样核验了身份', page)
    assert f'id="f-{due[-1]}-error"' in page
    assert not any(f'id="f-{key}-error"' in page for key in due[:-1])
    done = clerk.post(checks, {"seen": "1", "formal": due, "identity_method": "id_card_seen", "forward": "1"})
    assert done.status_code == 303, done.content.decode()
    shown = clerk.get(done["Location"].replace("/receipt", "")).content.decode()
    assert "窗口查看居民身份证原件" in shown


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "文件是空的，请重新选择"), (b"not a picture", "不是这里能收的文件类型")]
)
def test_a_refused_scan_is_named_with_its_material_and_its_own_fault(clerk: Client, content: bytes, said: str) -> None:
    at, seen = begun(clerk)
    checks = clerk.post(at, {**HIS, "seen": seen})["Location"]
    answer = clerk.post(checks, {"seen": "1", "file-photo": SimpleUploadedFile("scan.png", content, "image/png")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'(?s)id="f-photo-error">.*?{said}', page)


def test_the_form_at_the_window_speaks_of_the_applicant(clerk: Client) -> None:
    page = clerk.get(begun(clerk)[0]).content.decode()
    assert "申请人信息" in page
    assert "您的信息" not in page and "您的实名信息" not in page


def test_a_draft_in_the_queue_says_its_task_in_words(clerk: Client) -> None:
    begun(clerk)
    page = clerk.get("/desk?kind=filings").content.decode()
    assert "完成收件并转送" in page
    assert ">submit<" not in page


def test_a_second_tab_overwrites_nothing_until_it_is_chosen(clerk: Client) -> None:
    at, seen = begun(clerk)
    assert clerk.post(at, {**HIS, "seen": seen}).status_code == 303
    for _ in range(2):
        answer = clerk.post(at, {**HIS, "mobile": "13900000000", "seen": seen})
        assert answer.status_code == 412
        assert f'name="seen" value="{seen}"' in answer.content.decode()
    over = re.search(r'name="over" value="(\d+)"', answer.content.decode())
    assert over
    assert clerk.post(at, {**HIS, "mobile": "13900000000", "seen": seen, "over": over[1]}).status_code == 303
