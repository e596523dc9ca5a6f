"""Finding an item: the front door, the search with two places, the lists, the guide."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DRIVER, PENSION, MARRIAGE = "QH2020-2-48", "QH2020-1-07", "QH2020-3-03"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def test_the_home_page_asks_three_things_and_says_what_is_open(client: Client) -> None:
    home = text(client, "/")
    for words in ("您在哪里", "事情归哪里管", "要办什么事", "现在就可以申请", "清单共138项"):
        assert words in home
    assert f"/items/{DRIVER}" in home


def test_from_home_to_the_form_in_three_clicks(client: Client) -> None:
    assert f'href="/items/{DRIVER}"' in text(client, "/")
    assert f'href="/apply/{DRIVER}' in text(client, f"/items/{DRIVER}")


def test_everyday_words_find_the_item_and_carry_the_two_places_along(client: Client) -> None:
    found = text(client, "/search?q=养老金转过来&here=440000&there=630000")
    assert f"/items/{PENSION}?here=440000&amp;there=630000" in found
    assert "广东省和青海省已经互通" in found


def test_a_place_that_has_not_joined_is_said_honestly(client: Client) -> None:
    assert "西藏自治区尚未接入本平台" in text(client, "/search?q=养老&here=440000&there=540000")


def test_words_that_mean_nothing_lead_to_the_themes(client: Client) -> None:
    assert "没有找到对应的事项" in text(client, "/search?q=zzzzqq")


def test_the_windows_of_a_county_are_shown(client: Client) -> None:
    assert "选到县（区）" in text(client, "/search?q=养老&here=440000")
    assert "跨省通办" in text(client, "/search?q=养老&here.1=440000&here.2=440300&here.3=440305")


def test_the_list_is_walked_by_cursor_without_repeating(client: Client) -> None:
    seen: list[str] = []
    address = "/items"
    while address:
        shown = text(client, address)
        seen += re.findall(r'<h2><a href="/items/([^"?]+)', shown)
        following = re.search(r'href="([^"]*)" rel="next"', shown)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 138


def test_the_list_keeps_its_filter_in_the_address(client: Client) -> None:
    shown = text(client, "/items?open=1&mode=joint")
    assert f"/items/{PENSION}" in shown
    assert f"/items/{DRIVER}" not in shown


@pytest.mark.parametrize("mode", ["nonsense", "online"])
@pytest.mark.parametrize("cursor", ["nonsense", "%00", "../../etc"])
def test_a_spoilt_address_is_no_fault_of_the_server(client: Client, mode: str, cursor: str) -> None:
    assert client.get(f"/items?mode={mode}&cursor={cursor}&batch=x").status_code in (200, 400)


def test_the_guide_says_what_to_bring_how_long_and_who_decides(client: Client) -> None:
    guide = text(client, f"/items/{DRIVER}?here=440305&there=630100")
    for words in ("要带什么", "免提交", "办理流程", "个工作日", "原发证机关所在地", "西宁市", "在线申请"):
        assert words in guide


def test_an_item_that_is_not_open_says_so_and_what_to_do(client: Client) -> None:
    from tongban.items import queries as items

    key = next(e.key for e in items.entries(None, 200).items if not e.filable and "any_office" not in e.modes)
    guide = text(client, f"/items/{key}")
    assert "这件事还不能在这里申请" in guide
    assert "/apply/" not in guide


def test_marriage_is_booked_at_any_office_and_divorce_is_still_a_guide(client: Client) -> None:
    guide = text(client, f"/items/{MARRIAGE}")
    assert "任一地可办" in guide and "预约并在线申请" in guide
    assert f"/apply/{MARRIAGE}" in guide
    divorce = text(client, "/items/QH2020-3-04")
    assert "任一地可办" in divorce and "/apply/" not in divorce


def test_every_item_of_the_list_has_a_guide_in_both_languages(client: Client) -> None:
    from tongban.items import queries as items

    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for entry in items.entries(None, 200).items:
            assert client.get(f"/items/{entry.key}").status_code == 200, entry.key


def test_an_unknown_item_is_not_found(client: Client) -> None:
    assert "没有找到" in text(client, "/items/QH0000-0-00", 404)


@pytest.mark.parametrize("address", ["/search?q=养老&here=440000&there=630000", "/items?theme=婚姻"])
def test_what_htmx_gets_is_the_same_page(client: Client, address: str) -> None:
    def plain(**headers: str) -> str:
        content = client.get(address, headers=headers).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content)

    assert plain() == plain(**{"HX-Request": "true"})
