"""Zones looked after by two people; contacts with dates; following; the page of figures."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.edges.test_portal_zones import PENSION, asking, said, text  # noqa: F401 - a fixture
from tests.signing_in import signed_in_as

from tongban.guidance import actions, contacts, follows, zones
from tongban.guidance import queries as guidance
from tongban.guidance.models import Contact, ZoneContent
from tongban.guidance.rules.contacts import Contact as Said
from tongban.guidance.rules.contacts import is_stale, nearest
from tongban.journal import clock as clocks
from tongban.journal.models import Fact
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
DRIVER = "QH2020-2-48"
POLICY = {
    "title": "关于跨省通办的通知（虚构）",
    "number": "",
    "issuer": "广东省人民政府办公厅",
    "published_on": "2026-10-01",
}


def person(subject: str) -> tuple[Client, Act]:
    client = Client(headers={"accept-language": "zh-CN"})
    return client, Act(signed_in_as(client, subject), clocks.now())


def seen(client: Client, key: str = "440000") -> dict[str, str]:
    page = text(client, f"/teach/zones/{key}")
    return {"seen": re.search(r'name="seen" value="(\d+)"', page)[1]}  # type: ignore[index]


@pytest.mark.req("R-136")
def test_a_zones_content_is_written_by_one_and_published_by_another_with_a_log() -> None:
    one, _ = person("he-jing")
    two, _ = person("lu-ning")
    form = {"featured": [DRIVER, PENSION], **{k: [v] for k, v in POLICY.items()}, "submit": "1"}
    assert one.post("/teach/zones/440000", form).status_code == 303
    waiting = zones.open_edition("440000")
    assert waiting is not None
    assert POLICY["title"] not in text(one, "/zones/440000")
    answer = one.post("/teach/zones/440000", {"publish": str(waiting.id), "seen": "1"})
    assert answer.status_code == 403, "the author is no second person"
    assert two.post("/teach/zones/440000", {"publish": str(waiting.id), **seen(two)}).status_code == 303
    page = text(one, "/zones/440000")
    assert POLICY["title"] in page
    assert "2026年10月1日发布" in page
    assert "经两人审核发布" in page
    assert POLICY["title"] in text(one, "/zones/440000/feed.atom")
    facts = Fact.objects.filter(subject_id=waiting.id).order_by("position").values_list("name", flat=True)
    assert list(facts) == ["guidance.zone_content_submitted", "guidance.zone_content_published"]


def test_services_keep_the_order_they_were_put_in_and_faults_stand_beside_their_fields() -> None:
    one, _ = person("he-jing")
    form = {"featured": [PENSION, "", DRIVER, ""], "submit": "1", "title": ["通知", ""], "number": ["", ""],
            "issuer": ["", ""], "published_on": ["", ""]}  # fmt: skip
    answer = one.post("/teach/zones/440000", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="p-issuer-1-error"' in page and 'id="p-day-1-error"' in page and 'id="p-title-1-error"' not in page
    assert re.findall(r'<option value="(QH[^"]+)" selected', page) == [PENSION, DRIVER]
    typed = {"region.1": "440000", "unit": "科", "phone": "13812345678", "hours": "上班时间"}
    wrong = one.post("/teach/contacts", typed).content.decode()
    assert 'id="c-unit-error"' in wrong and 'id="c-phone-error"' in wrong and 'id="c-hours-error"' not in wrong


def test_a_returned_edition_says_why_and_the_next_one_takes_its_place() -> None:
    _, one = person("he-jing")
    two, second = person("lu-ning")
    first = actions.submit_content(one, "440000", [DRIVER], [])
    with pytest.raises(Refusal, match=r"state\.proposal_open"):
        actions.submit_content(second, "440000", [PENSION], [])
    answer = two.post("/teach/zones/440000", {"return": str(first), "note": "", **seen(two)})
    assert answer.status_code in (409, 422)
    two.post("/teach/zones/440000", {"return": str(first), "note": "还缺政策", **seen(two)})
    assert "还缺政策" in text(two, "/teach/zones/440000")
    again = actions.submit_content(one, "440000", [DRIVER, PENSION], [POLICY])
    actions.publish_content(second, again, seen=1)
    states = dict(ZoneContent.objects.values_list("id", "state"))
    assert states == {first: "discarded", again: "published"}
    third = actions.submit_content(second, "440000", [DRIVER], [])
    actions.publish_content(person("he-jing")[1], third, seen=1)
    assert [e.id for e in zones.log("440000")] == [third, again]


@pytest.mark.parametrize(
    ("featured", "policies", "field"),
    [([], [], "featured"), (["QH2020-9-99"], [], "featured"), ([DRIVER] * 1 + [PENSION], [{**POLICY, "issuer": ""}],
     "policy.0.issuer"), ([DRIVER], [{**POLICY, "published_on": "soon"}], "policy.0.published_on")],
)  # fmt: skip
def test_content_without_items_or_with_a_policy_without_date_or_issuer_is_refused(featured, policies, field) -> None:
    _, one = person("he-jing")
    with pytest.raises(Refusal) as refused:
        actions.submit_content(one, "440000", featured, policies)
    assert field in refused.value.fields


def test_the_table_itself_wants_two_people_and_one_edition_in_force() -> None:
    row = {"zone": "440000", "content": {}, "author": "a", "submitted_at": clocks.now(), "published_at": clocks.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneContent.objects.create(id=UUID(int=1), state="published", reviewer="a", **row)
    ZoneContent.objects.create(id=UUID(int=2), state="published", reviewer="b", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneContent.objects.create(id=UUID(int=3), state="published", reviewer="b", **row)


def test_a_node_looks_after_its_own_zones_only_and_only_item_managers_do() -> None:
    one, _ = person("he-jing")
    assert one.get("/teach/zones/630000").status_code == 404
    assert one.get("/teach/zones/national").status_code == 404
    assert one.get("/teach/zones/pan-pearl-river").status_code == 200
    li, act = person("li-mei")
    assert li.get("/teach/zones").status_code == 403
    with pytest.raises(Refusal, match=r"permission\.denied"):
        actions.submit_content(act, "440000", [DRIVER], [])


@pytest.mark.req("R-139")
def test_use_of_zones_feeds_and_the_framed_box_is_counted_and_shown() -> None:
    one, _ = person("he-jing")
    for address in ("/zones/440000", "/zones/440000", "/zones/440000/feed.atom", "/embed/search"):
        one.get(address)
    assert guidance.uses() == {("zone", "440000"): 2, ("feed", "440000"): 1, ("embed", "search"): 1}
    page = text(one, "/teach/zones")
    assert "近30天看过2次，订阅读取1次" in page
    assert "嵌入的搜索框打开1次" in page


@pytest.mark.req("R-122")
def test_a_contact_shows_its_last_check_and_is_marked_when_that_is_long_ago(clock) -> None:
    one, _ = person("he-jing")
    form = {
        "entry": DRIVER,
        "region.1": "440000",
        "unit": "交通运输窗口",
        "phone": "020-1234567",
        "hours": "工作日9:00–17:00",
    }
    assert one.post("/teach/contacts", form).status_code == 303
    guide = f"/items/{DRIVER}?here=440305&there=630100"
    assert "020-1234567" in text(one, guide)
    assert "最近核对：" in text(one, guide)
    assert "半年多没有核对" not in text(one, guide)
    clock.set_offset(timedelta(days=200))
    signed_in_as(one, "he-jing")
    assert "半年多没有核对" in text(one, guide)
    row = contacts.own()[0]
    assert one.post("/teach/contacts", {"confirm": str(row.id)}).status_code == 303
    assert "半年多没有核对" not in text(one, guide)
    assert one.post("/teach/contacts", {"remove": str(row.id)}).status_code == 303
    assert "020-1234567" not in text(one, guide)


@pytest.mark.parametrize("phone", ["", "call me", "13812345678", "+86 20 1234567 "])
def test_no_private_or_senseless_number_becomes_a_contact(phone: str) -> None:
    _, act = person("he-jing")
    with pytest.raises(Refusal) as refused:
        actions.record_contact(act, "", "440000", unit="窗口", phone=phone, hours="工作日")
    assert "phone" in refused.value.fields
    assert not Contact.objects.exists()


def test_contacts_of_another_place_are_the_ones_it_signed(asking) -> None:  # noqa: F811
    row = {"entry": "", "region": "630100", "unit": "西宁市窗口", "phone": "0971-1234567", "hours": "工作日",
           "confirmed_on": "2026-01-05"}  # fmt: skip
    asking(said(contacts=[row]))
    page = text(Client(headers={"accept-language": "zh-CN"}), f"/items/{DRIVER}?here=440305&there=630102")
    assert "0971-1234567" in page
    assert "2026年1月5日" in page
    with pytest.raises(Refusal):
        actions.record_contact(person("he-jing")[1], "", "630100", unit="窗口", phone="0971-1234567", hours="工作日")


def test_the_contact_of_the_item_and_of_the_nearest_place_comes_first() -> None:
    def made(entry: str, region: str) -> Said:
        return Said(entry, region, "u", "12345", "h", date(2026, 1, 1), False)

    all_items, own_item, nearer = made("", "440300"), made(DRIVER, "440300"), made("", "440305")
    chain = ("440000", "440300", "440305")
    assert nearest([all_items, own_item], DRIVER, chain) == own_item
    assert nearest([all_items, own_item, nearer], DRIVER, chain) == nearer
    assert nearest([own_item], PENSION, chain) is None
    assert not is_stale(date(2026, 1, 1), date(2026, 6, 30))
    assert is_stale(date(2026, 1, 1), date(2026, 7, 1))


@pytest.mark.req("R-137")
def test_a_person_follows_a_place_and_an_item_sees_what_is_new_and_why_and_can_stop(asking) -> None:  # noqa: F811
    li, act = person("li-mei")
    asking(said(**{PENSION: {"modes": ["joint"], "since": clocks.now().date().isoformat()}}))
    assert "项新开通" not in text(li, "/my/")
    assert li.post("/following", {"region.1": "630000"}).status_code == 303
    assert li.post("/following", {"item": PENSION}).status_code == 303
    page = text(li, "/following")
    assert "因为您关注了：" in page
    assert "青海省" in page
    assert "项新开通" in text(li, "/my/")
    news = [n for n in follows.news_for(act.actor) if n.node == "63"]
    assert [n.entry_key for n in news] == [PENSION]
    assert {f.kind for f in news[0].because} == {"item", "region"}
    for one in follows.followings(act.actor):
        assert li.post("/following", {"remove": str(one.id)}).status_code == 303
    assert follows.news_for(act.actor) == ()
    assert "还没有" in text(li, "/following")


def test_nobody_ends_what_somebody_else_follows() -> None:
    _, li = person("li-mei")
    _, other = person("ma-qiang")
    mine = actions.follow(li, "item", PENSION)
    with pytest.raises(Refusal, match=r"request\.not_found"):
        actions.unfollow(other, mine)
    with pytest.raises(Refusal, match=r"request\.invalid"):
        actions.follow(li, "item", "QH2020-9-99")
    with pytest.raises(Refusal, match=r"permission\.denied"):
        actions.follow(person("he-jing")[1], "item", PENSION)


@pytest.mark.req("R-143")
def test_the_page_of_figures_is_dated_names_who_did_not_answer_and_no_person(asking) -> None:  # noqa: F811
    anybody = Client(headers={"accept-language": "zh-CN"})
    asking(None)
    page = text(anybody, "/statistics")
    assert "由系统里的办件记录直接统计，不人工填报" in page
    assert "没有取得数据：青海省" in page
    assert re.search(r"\d{4}年\d+月\d+日至\d{4}年\d+月\d+日", page)
    asking(said())
    page = text(anybody, "/statistics")
    assert "没有取得数据：" not in page
    assert "2026年11月22日" in page


def test_feeds_name_what_the_places_of_the_zone_opened(asking) -> None:  # noqa: F811
    asking(said())
    anybody = Client(headers={"accept-language": "zh-CN"})
    assert "青海" in text(anybody, "/zones/yellow-river/feed.atom").split("<entry>", 1)[1]
    assert f"/items/{PENSION}#2026-11-01" in text(anybody, "/zones/yellow-river/feed.atom")
    assert "#2026-11-01" not in text(anybody, "/zones/440000/feed.atom")
