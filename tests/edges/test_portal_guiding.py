"""Finding the way: filters, the question between near twins, misses, the three answers at once, checklists, reports."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client
from tests.signing_in import signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

DRIVER, PENSION, MARRIAGE = "QH2020-2-48", "QH2020-1-07", "QH2020-3-03"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def signed_in(subject: str) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(client, subject)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def found(page: str) -> list[str]:
    return re.findall(r'<h2><a href="/items/([^"?]+)', page)


def test_the_place_the_matter_belongs_to_can_be_asked_for_what_it_has_open(client: Client) -> None:
    everything = found(text(client, "/search?q=养老保险&there=630000"))
    possible = found(text(client, "/search?q=养老保险&there=630000&can=1"))
    assert PENSION in possible
    assert len(possible) < len(everything)


def test_a_life_event_and_an_audience_narrow_the_answers(client: Client) -> None:
    marrying = found(text(client, "/search?q=登记&event=marry"))
    assert {"QH2020-3-03", "QH2020-3-04"} <= set(marrying) <= {"QH2020-3-03", "QH2020-3-04", "QH2020-2-06"}
    assert "QH2020-1-37" in found(text(client, "/search?q=个体户&audience=enterprise"))
    assert "QH2020-1-37" not in found(text(client, "/search?q=个体户&audience=individual"))


def test_filters_that_leave_nothing_offer_the_way_back_and_are_no_miss(client: Client) -> None:
    from tongban.guidance import queries as guidance

    page = text(client, "/search?q=社保卡&theme=婚姻")
    assert "这些筛选条件下没有" in page
    assert guidance.misses() == []


@pytest.mark.parametrize(
    ("words", "question"),
    [("养老保险转移", "哪一种养老保险"), ("社保卡", "社保卡是什么情况"), ("公证", "您要公证什么")],
)
def test_one_question_separates_near_twins(client: Client, words: str, question: str) -> None:
    page = text(client, f"/search?q={words}")
    assert question in page
    assert "/way?item=" in page


def test_a_clear_wish_is_not_asked_back(client: Client) -> None:
    assert "ask-one" not in text(client, "/search?q=驾驶员从业资格证换证")


def test_a_search_in_vain_is_counted_by_its_words_alone(client: Client) -> None:
    from tongban.guidance import queries as guidance

    page = text(client, "/search?q=护照 13812345678 zhangsan@example.com")
    assert "还可以这样找" in page
    text(client, "/search?q=护照 13812345678 zhangsan@example.com")
    (miss,) = guidance.misses()
    assert miss.words.startswith("护照")
    assert not any(c.isdigit() for c in miss.words)
    assert len(miss.words) <= 20
    assert miss.times == 2


def test_saying_that_none_is_meant_is_a_miss_of_its_own(client: Client) -> None:
    from tongban.guidance import queries as guidance

    address = re.search(r'href="([^"]*none=1[^"]*)"', text(client, "/search?q=社保卡"))
    assert address
    assert "我们记下了这个说法" in text(client, address[1].replace("&amp;", "&"))
    assert [(m.words, m.rejected) for m in guidance.misses()] == [("社保卡", 1)]


def test_old_misses_are_forgotten() -> None:
    from datetime import date

    from tongban.guidance import keeping

    keeping.count_miss("护照", "none")
    assert keeping.prune(date(2099, 1, 1)) == 1


def test_the_item_manager_sees_the_miss_and_teaches_the_search_then_and_there(client: Client) -> None:
    from tongban.items.actions.wordings import subject_of
    from tongban.journal import queries as journal

    text(client, "/search?q=咕噜咕噜本")
    manager = signed_in("he-jing")
    page = manager.get("/teach").content.decode()
    assert "咕噜咕噜本" in page
    answer = manager.post("/teach", {"entry": DRIVER, "text": "咕噜咕噜本"})
    assert answer.status_code == 303
    assert found(text(client, "/search?q=咕噜咕噜本"))[0] == DRIVER
    facts = journal.facts("entry_wordings", subject_of(DRIVER))
    assert [(f.name, f.body["text"]) for f in facts] == [("items.wording_added", "咕噜咕噜本")]
    assert "he-jing" in facts[0].actor
    number = re.search(r'name="remove" value="(\d+)"', manager.get("/teach").content.decode())
    assert number
    assert manager.post("/teach", {"remove": number[1]}).status_code == 303
    assert found(text(client, "/search?q=咕噜咕噜本")) == []


@pytest.mark.parametrize("who", ["li-mei", "wang-fang"])
def test_nobody_else_may_teach(who: str) -> None:
    assert signed_in(who).post("/teach", {"entry": DRIVER, "text": "随便什么"}).status_code == 403


def test_a_wording_too_short_or_of_no_item_is_refused() -> None:
    manager = signed_in("he-jing")
    assert manager.post("/teach", {"entry": DRIVER, "text": "证"}).status_code == 422
    assert manager.post("/teach", {"entry": "QH0000-0-00", "text": "没有的事"}).status_code == 404


def test_three_questions_give_one_page_with_everything_needed_to_begin(client: Client) -> None:
    page = text(client, "/way?q=驾驶员从业资格证换证&here.1=440000&here.2=440300&here.3=440305&there=630100")
    for words in ("今天在广东省深圳市南山区和青海省西宁市之间可以怎么办", "全程网办", "异地代收代办", "最近的窗口",
                  "免提交", "承诺期限", "现在开始", "没有得到当地的统计"):  # fmt: skip
        assert words in page, words
    assert f"/apply/{DRIVER}?here=440305&amp;there=630100" in page


def test_a_place_that_has_not_joined_has_no_mode_and_says_why(client: Client) -> None:
    page = text(client, f"/way?item={DRIVER}&here=440305&there=540000")
    assert "对方未接入" in page
    assert "现在开始" not in page


def test_the_windows_of_the_city_stand_in_for_a_county_without_one(client: Client) -> None:
    from tongban.organizations import queries as organizations
    from tongban.portal import places, ways

    windows, region = ways.nearest_windows(places.place("440000"))
    assert windows and region == "440000"
    assert organizations.windows("540000") == ()
    assert ways.nearest_windows(places.place("540000")) == ((), "")


def test_marriage_is_booked_where_the_platform_has_an_office_and_divorce_is_done_in_person(client: Client) -> None:
    assert f"/apply/{MARRIAGE}" in text(client, f"/way?item={MARRIAGE}&here=440305&there=630100")
    assert "本人到场" in text(client, "/way?item=QH2020-3-04&here=440305&there=630100")


@pytest.mark.parametrize(
    "address",
    ["/search?q=社保卡&there=630000", f"/way?item={DRIVER}&there=630100", f"/items/{DRIVER}?there=630100",
     f"/items/{DRIVER}/checklist?there=630100", "/items?theme=婚姻", "/zones/national"],
)  # fmt: skip
def test_choosing_a_language_or_signing_in_leads_back_to_the_same_page(client: Client, address: str) -> None:
    address = quote(address, safe="/?=&")
    page = text(client, address)
    following = re.search(r'name="next" value="([^"]+)"', page)
    assert following
    answer = client.post("/preferences", {"next": following[1].replace("&amp;", "&"), "lang": "en"})
    assert answer["Location"] == address
    assert f"/sign-in?next=%2F{address[1:4]}" in page


def test_words_that_find_nothing_lead_from_the_three_questions_to_the_next_step(client: Client) -> None:
    assert "还可以这样找" in text(client, "/way?q=zzzzqq")


def test_the_checklist_follows_the_answers_and_its_link_repeats_them(client: Client) -> None:
    open_ = text(client, f"/items/{PENSION}/checklist")
    assert "看情况要带的" in open_
    yes = text(client, f"/items/{PENSION}/checklist?m.authorization=yes&here=440000&there=630000")
    assert "m.authorization=yes" in yes
    no = text(client, f"/items/{PENSION}/checklist?m.authorization=no")
    assert "按您的回答不需要" in no
    spoilt = text(client, f"/items/{PENSION}/checklist?m.authorization=nonsense&x=nonsense")
    assert "nonsense" not in spoilt.split('id="c-link"')[1][:300]


@pytest.mark.req("R-038")
def test_each_situation_has_its_own_checklist_on_the_page_and_in_the_guide(client: Client) -> None:
    guide = text(client, "/items/QH2020-2-61")
    assert "按情形办" in guide and "异地转诊就医" in guide
    for scene, paper, other in (("0", "长期居住认定材料", "转诊转院材料"), ("3", "转诊转院材料", "长期居住认定材料")):
        mine = text(client, f"/items/QH2020-2-61/checklist?scene={scene}")
        assert paper in mine and other not in mine


@pytest.mark.req("R-039")
def test_a_guide_names_what_it_lacks_and_shows_the_general_way_of_its_mode(client: Client) -> None:
    guide = text(client, "/items/QH2020-1-01")
    assert "这份指南还缺什么" in guide and "申请材料" in guide
    assert "本事项自己的流程还没有登记" in guide
    assert "这份指南还缺什么" in text(client, "/items/QH2020-2-48")


def test_a_clerk_begins_the_intake_from_the_checklist() -> None:
    clerk = signed_in("wang-fang")
    page = clerk.get(f"/items/{DRIVER}/checklist?there=630100").content.decode()
    link = re.search(r'href="(/desk/intake\?[^"]+)"', page)
    assert link
    intake = clerk.get(link[1].replace("&amp;", "&")).content.decode()
    assert re.search(rf'value="{DRIVER}" checked', intake)
    assert re.search(r'value="630100" selected', intake)
    assert "/desk/intake?" not in Client().get(f"/items/{DRIVER}/checklist").content.decode()


def test_every_entry_has_a_checklist_and_a_way_in_both_languages(client: Client) -> None:
    from tongban.items import queries as items

    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for entry in items.entries(None, 200).items:
            assert client.get(f"/items/{entry.key}/checklist").status_code == 200, entry.key
            assert client.get(f"/way?item={entry.key}&here=440305&there=630100").status_code == 200, entry.key


def test_an_error_is_reported_without_signing_in_and_answered_by_the_item_manager(client: Client) -> None:
    from tongban.guidance import queries as guidance
    from tongban.journal import queries as journal

    answer = client.post(
        f"/items/{DRIVER}/report", {"part": "fee", "note": "其实收费 我是13812345678 630102198806159961"}
    )
    assert answer.status_code == 303
    assert "已经交给事项管理人员" in text(client, answer["Location"])
    (report,) = guidance.open_reports()
    assert "其实收费" in report.note
    assert "138" not in report.note
    assert "630102" not in report.note
    manager = signed_in("he-jing")
    assert "其实收费" in manager.get("/teach/reports").content.decode()
    assert manager.post("/teach/reports", {"report": str(report.id), "outcome": "fixed"}).status_code == 303
    assert guidance.open_reports() == []
    assert [f.name for f in journal.facts("guide_report", report.id)] == [
        "guidance.error_reported", "guidance.error_answered",
    ]  # fmt: skip


def test_a_report_about_nothing_is_refused(client: Client) -> None:
    assert client.post(f"/items/{DRIVER}/report", {"part": "nonsense"}).status_code == 422
    assert client.post("/items/QH0000-0-00/report", {"part": "fee"}).status_code == 404


def test_life_events_reach_every_entry(client: Client) -> None:
    from tongban.guidance import queries as guidance
    from tongban.items import queries as items

    reached = set().union(*(e.entries for e in guidance.life_events()))
    assert reached == {e.key for e in items.entries(None, 200).items}
    for event in guidance.life_events():
        assert len(found(text(client, f"/life?event={event.key}"))) == len(event.entries)
