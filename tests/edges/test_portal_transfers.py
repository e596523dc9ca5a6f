"""The two places of a matter that is transferred, or decided wherever one files."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.signing_in import signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

PENSION, UNEMPLOYED = "QH2020-1-07", "QH2020-1-05"
DONGGUAN, XINING = "441900", "630100"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


def chosen(page: str, name: str) -> list[str]:
    """The codes chosen in the lists of one place, the widest first."""
    lists = re.findall(rf'<select [^>]*name="{name}\.\d".*?</select>', page, re.DOTALL)
    return [found[1] for one in lists if (found := re.search(r'value="(\d+)" selected', one))]


def test_a_pension_left_in_xining_is_transferred_to_where_the_person_works(client: Client) -> None:
    way = text(client, f"/way?item={PENSION}&here={DONGGUAN}&there={XINING}")
    leaves, arrives = way.split("从哪里转到哪里")[1].split('<svg class="icon"', 1)
    assert "青海省西宁市" in leaves and "广东省东莞市" in arrives[:400]
    assert "现在开始" in way and "还差一步" not in way
    signed_in_as(client, "li-mei")
    form = text(client, f"/apply/{PENSION}?here={DONGGUAN}&there={XINING}")
    assert chosen(form, "anchor")[-1] == DONGGUAN
    assert chosen(form, "releasing")[-1] == XINING


def test_the_other_way_round_is_one_press_away_and_kept(client: Client) -> None:
    way = text(client, f"/way?item={PENSION}&here={DONGGUAN}&there={XINING}")
    address = re.search(r'href="([^"]*turned=1[^"]*)"', way)
    assert address
    turned = text(client, address[1].replace("&amp;", "&"))
    begin = re.search(rf'href="(/apply/{PENSION}[^"]*)"', turned)
    assert begin and "turned=1" in begin[1]
    signed_in_as(client, "li-mei")
    form = text(client, begin[1].replace("&amp;", "&"))
    assert (chosen(form, "anchor")[-1], chosen(form, "releasing")[-1]) == (XINING, DONGGUAN)


def test_the_place_it_comes_from_is_asked_for_by_its_name(client: Client) -> None:
    way = text(client, f"/way?item={PENSION}&here={DONGGUAN}")
    assert "还差一步：原来在哪里" in way and "原来在哪里（转出地）" in way


def test_a_province_that_receives_is_too_wide_and_the_way_leads_to_the_right_list(client: Client) -> None:
    way = text(client, f"/way?item={PENSION}&here=440000&there=630000")
    assert 'href="#f-here"' in way and "选好是哪个市" in way


def test_what_is_decided_where_one_files_asks_for_no_second_place(client: Client) -> None:
    way = text(client, f"/way?item={UNEMPLOYED}&here=440305")
    assert "现在开始" in way and "还差一步" not in way
    assert "今天在广东省深圳市南山区可以怎么办" in way


def test_the_checklist_says_from_where_to_where(client: Client) -> None:
    assert "从青海省西宁市转到广东省东莞市" in text(
        client, f"/items/{PENSION}/checklist?here={DONGGUAN}&there={XINING}"
    )
