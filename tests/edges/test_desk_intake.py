"""Taking papers in at the window: the place is narrow enough, and the form names the person who stands there."""

from __future__ import annotations

import re

import pytest
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
