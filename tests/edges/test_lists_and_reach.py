"""Lists and the reach of items on the pages: what is open between places, frames marked 待核, the annex in and out."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.edges.posting import filled
from tests.edges.test_desk_items import hidden, later, signed_in, text

from tongban.items import lists, reach
from tongban.items.rules.annex import cells_of
from tongban.items.spreadsheets import read_xlsx, write_xlsx
from tongban.journal import clock
from tongban.kernel.time import local_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

PENSION, MARRIAGE, TIBET, DIVORCE, MORTGAGE = (f"QH2020-{n}" for n in ("1-07", "3-03", "2-50", "3-04", "1-23"))
LIST = "/desk/lists/GD2022S"
ROWS = [
    ["广东省“省内通办”事项清单"], ["一、2023年底前实现“省内通办”的事项(2项)"],
    ["序号", "事项名称", "应用场景", "牵头单位", "配合单位", "办理模式"],
    ["1", "失业登记", "可在省内任一地申请", "省人力资源社会保障厅", "各市政府", "全程网办"],
    ["2", "演示事项", "可在省内任一地申请", "省公安厅", "", ""],
]  # fmt: skip


def sent(rows: list[list[str]], **more: str) -> dict[str, object]:
    file = io.BytesIO(write_xlsx("清单", rows))
    file.name = "list.xlsx"
    return {"file": file, **more}


@pytest.mark.req("R-299")
def test_the_guide_shows_the_stages_with_their_days_and_the_words_of_the_list(client: Client) -> None:
    page = text(client.get(f"/items/{MARRIAGE}"))
    assert "通办范围" in page
    for words in ("2022年10月1日", "2025年5月10日", "2020年至2022年10月进行“省内通办”试点", "地区待核", "现在适用"):
        assert words in page


@pytest.mark.req("R-053")
def test_guide_and_way_say_who_is_exempted_and_that_the_end_is_not_known(client: Client) -> None:
    asked = {"here": "440305", "there": "540102"}
    for page in (text(client.get(f"/items/{TIBET}", asked)), text(client.get("/way", {"item": TIBET, **asked}))):
        assert "之间还不能通办" in page
        assert "西藏的完成时间可适当延后" in page and "文件没有写（待核）" in page
    fine = text(client.get(f"/items/{TIBET}", {**asked, "there": "630102"}))
    assert "之间还不能通办" not in fine and "暂不参加的地方" in fine


def test_between_exempted_places_no_mode_is_offered(client: Client) -> None:
    asked = {"item": PENSION, "here": "630102", "there": "440305"}
    assert "现在开始" in text(client.get("/way", asked))
    one = signed_in("he-jing")
    day = local_date(clock.now()).isoformat()
    posted = {"step": "exempt", "out.1": "440000", "begins": day, "words": "系统改造", "source": "粤办〔2026〕1号"}
    assert one.post(f"/desk/items/reach/{PENSION}", posted).status_code == 303
    page = text(client.get("/way", asked))
    assert "现在开始" not in page and "两地暂未通办" in page and "系统改造" in page
    zone = text(client.get("/zones/national"))
    assert "暂不参加跨省通办" in zone


def test_the_guide_tells_where_to_hand_in_from_who_decides(client: Client) -> None:
    page = text(client.get("/items/QH2020-2-08"))
    assert "任何地方都可以交" in page and "由哪里定" in page and "户籍地" in page and "由哪一级办理待核" in page
    assert "没有写由哪里决定" in text(client.get("/items/QH2020-2-35"))
    assert "（两地协同）" in text(client.get("/items/QH2020-2-16"))


@pytest.mark.req("R-298")
def test_a_stage_opened_by_hand_shows_on_the_guide_and_can_be_ended(client: Client) -> None:
    one = signed_in("he-jing")
    begins = later(0)
    wanted = {"step": "set", "kind": "province_wide", "stage": "trial", "region.1": "440000", "begins": begins,
              "words": "省内试点", "source": "粤办〔2026〕2号"}  # fmt: skip
    narrowed = text(one.post(f"/desk/items/reach/{DIVORCE}", {**wanted, "reload": "region"}))
    assert 'name="region.2"' in narrowed and "省内试点" not in [s.words for s in reach.scopes(DIVORCE)]
    assert one.post(f"/desk/items/reach/{DIVORCE}", wanted).status_code == 303
    page = text(client.get(f"/items/{DIVORCE}", {"here": "440106", "there": "440305"}))
    assert "正在试点通办" in page and "省内试点" in page
    refused = one.post(f"/desk/items/reach/{DIVORCE}", wanted)
    assert refused.status_code == 409 and "同一天已有另一条通办范围" in text(refused, 409)
    everywhere = one.post(f"/desk/items/reach/{DIVORCE}", {**wanted, "kind": "cross_province", "region.1": ""})
    assert everywhere.status_code == 403
    key = next(s.key for s in reach.scopes(DIVORCE) if s.words == "省内试点")
    ended = {"step": "end_scope", "which": key, "on": later(30), "reason": "试点期满"}
    assert one.post(f"/desk/items/reach/{DIVORCE}", ended).status_code == 303
    assert "到" in text(one.get(f"/desk/items/reach/{DIVORCE}"))
    assert signed_in("wang-fang").get(f"/desk/items/reach/{DIVORCE}").status_code == 403


@pytest.mark.req("R-013")
def test_lists_without_their_text_are_marked_and_invent_nothing(client: Client) -> None:
    page = text(client.get("/lists"))
    assert page.count("待核") >= 9 and "文件说有20项，名称待核" in page and "文件说有70余项，名称待核" in page
    frame = text(client.get("/lists/QH2022"))
    for words in ("原文还没有导入", ">14<", "2022年12月31日", "2023年6月30日", "期限已过，是否实现待核"):
        assert words in frame
    assert client.get("/lists/QH2022/file.csv").status_code == 404
    assert client.get("/lists/NONE").status_code == 404


@pytest.mark.req("R-043")
def test_a_list_shows_scenario_units_and_deadline_and_comes_as_a_file(client: Client) -> None:
    page = text(client.get("/lists/QH2020"))
    for words in ("学历公证", "2020年底前", "省司法厅", "各市州政府", "申请人可异地申请博士研究生", "试行"):
        assert words in page
    assert page.count("<li value=") == 138
    for kind in ("csv", "xlsx", "json"):
        answer = client.get(f"/lists/QH2020/file.{kind}")
        assert answer.status_code == 200
        tag = answer.headers["ETag"]
        assert client.get(f"/lists/QH2020/file.{kind}", headers={"if-none-match": tag}).status_code == 304
    whole = read_xlsx(client.get("/lists/QH2020/file.xlsx").content)
    assert [tuple(c or "" for c in row if c is not None) for row in whole] == [
        tuple(c for c in row if c) for row in cells_of(lists.edition("QH2020").annex)
    ]
    assert client.get("/lists/QH2020/file.pdf").status_code == 404


@pytest.mark.req("R-044")
def test_what_is_only_on_trial_is_marked_on_the_item_and_counted_apart(client: Client) -> None:
    page = text(client.get("/lists/QH2020"))
    assert page.count(">试行<") == 1 and "其中1项只在试点地区试行" in page
    assert ">试点<" in text(client.get("/items/QH2020-3-01"))
    assert ">试点<" not in text(client.get("/items/QH2020-1-01"))


def test_the_one_who_files_is_called_as_the_item_says_and_the_level_is_shown(client: Client) -> None:
    assert "汇交人" in text(client.get("/items/QH2020-2-41")).partition("由谁提交")[2]
    assert "市（州）级" in text(client.get("/items/QH2020-1-24"))


@pytest.mark.req("R-024")
def test_one_takes_in_a_list_and_another_publishes_it(client: Client) -> None:
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    broken = [list(row) for row in ROWS]
    broken[4][0], broken[1][0] = "5", "一、2023年底前实现“省内通办”的事项(3项)"
    judged = text(one.post(LIST, sent(broken, **{"try": "1"})))
    assert "共2处错误" in judged and "序号不连续" in judged and "标题写的项数与实际不符" in judged
    assert "没有导入任何内容" in text(one.post(LIST, sent(broken, take="1", valid_from=later(0), basis="x")))
    judged = text(one.post(LIST, sent(ROWS, **{"try": "1"})))
    assert "没有错误：共2项；新增2项" in judged and "不用再选" in judged
    kept = filled(judged, "held", valid_from=later(0), basis="粤办〔2026〕3号")
    assert one.post(LIST, {**kept, "take": "1"}).status_code == 303
    page = text(one.get(LIST))
    assert "须由另一位事项管理人员审核" in page
    assert 'name="publish"' not in page
    assert "演示事项" in text(other.get(LIST)), "the second person sees what is new"
    edition = hidden(text(other.get(LIST)), "edition")
    assert one.post(LIST, {"edition": edition, "publish": "1"}).status_code == 403
    assert other.post(LIST, {"edition": edition, "publish": "1"}).status_code == 303
    shown = text(client.get("/lists/GD2022S"))
    assert "演示事项" in shown and "其中1项还没有对应到事项目录（待核）" in shown
    assert 'href="/items/QH2020-1-05"' in shown
    assert "省内通办" in text(client.get("/items/QH2020-1-05"))
    template = one.get(f"{LIST}/template.xlsx").content
    again = text(one.post(LIST, {"file": _named(template), "try": "1"}))
    assert "新增0项，取消0项，修改0项" in again


def test_the_empty_frame_is_a_sheet_to_fill_in_and_what_is_not_ours_is_refused() -> None:
    one = signed_in("he-jing")
    rows = read_xlsx(one.get("/desk/lists/QH2022/template.xlsx").content)
    assert any("2023年6月底前" in str(row[0]) for row in rows)
    assert "只能查看" in text(one.get("/desk/lists/QH2022"))
    assert one.post("/desk/lists/QH2022", sent(ROWS, take="1", valid_from=later(0), basis="x")).status_code == 403
    assert one.post(LIST, {"try": "1"}).status_code == 422
    assert one.get("/desk/lists/NONE").status_code == 404
    overview = text(one.get("/desk/lists"))
    assert "广东省“省内通办”事项清单" in overview and "要报送的年度进展" not in overview
    assert re.search(r"待核", overview)
    for subject in ("wang-fang", "li-mei"):
        assert signed_in(subject).get("/desk/lists").status_code == 403


def test_a_way_before_its_day_is_closed(client: Client) -> None:
    day = date(2021, 6, 1)
    assert not reach.opening(MORTGAGE, "440305", "632801", day).open
    assert reach.opening(MORTGAGE, "440305", "632801", day + timedelta(days=365)).open


def _named(raw: bytes) -> io.BytesIO:
    file = io.BytesIO(raw)
    file.name = "list.xlsx"
    return file


@pytest.mark.req("R-001")
def test_a_search_for_what_can_be_done_leaves_out_what_does_not_reach_between_the_places(client: Client) -> None:
    def keys(here: str) -> str:
        asked = {"q": "养老保险转移", "can": "1", "here": here, "there": "440305"}
        return text(client.get("/search", asked))

    link = f"/items/{PENSION}"
    assert link in keys("630102") and link in keys("440106")
    day = local_date(clock.now()).isoformat()
    posted = {"step": "exempt", "out.1": "440000", "begins": day, "words": "系统改造", "source": "粤办〔2026〕1号"}
    assert signed_in("he-jing").post(f"/desk/items/reach/{PENSION}", posted).status_code == 303
    assert link not in keys("630102"), "from another province it is closed"
    assert link in keys("440106"), "inside the province it stays open"


def test_reach_and_lists_cost_a_guide_page_few_questions(client: Client, django_assert_max_num_queries) -> None:
    address = f"/items/{MARRIAGE}?here=440305&there=630102"
    text(client.get(address))
    with django_assert_max_num_queries(20):
        text(client.get(address))
