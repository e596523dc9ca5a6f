"""The item manager's desk: what is there, one item from proposal to publication, files in and out."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from openpyxl.utils import get_column_letter
from tests.edges.posting import filled
from tests.signing_in import signed_in_as

from tongban.desk.item_values import wordings
from tongban.items import importing, managing, queries
from tongban.items.rules.sheet import FIRST_ROW, KEYS
from tongban.items.spreadsheets import read_xlsx, write_xlsx
from tongban.journal import clock
from tongban.kernel.time import local_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

CODE, ENTRY = "B2020-2-48", "QH2020-2-48"
ONE_ITEM, EDIT = f"/desk/items/one/{CODE}", f"/desk/items/edit/{CODE}"


def signed_in(subject: str) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(client, subject)
    return client


def text(answer: object, status: int = 200) -> str:
    content: str = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == status, content[:2000]  # type: ignore[attr-defined]
    return content


def later(days: int = 9) -> str:
    return (local_date(clock.now()) + timedelta(days=days)).isoformat()


def hidden(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)[0]


def test_the_list_shows_versions_completeness_and_uniformity() -> None:
    page = text(signed_in("he-jing").get("/desk/items"))
    assert "道路客运驾驶员从业资格证换证" in page and "100%" in page and "/38" in page


def test_nobody_else_comes_to_this_desk() -> None:
    for subject in ("li-mei", "wang-fang", "lin-hai"):
        assert signed_in(subject).get("/desk/items").status_code == 403


def test_an_item_is_found_by_a_part_of_its_name_or_code() -> None:
    one = signed_in("he-jing")
    for words in ("驾驶员", "2-48"):
        page = text(one.get(f"/desk/items?q={words}"))
        assert CODE in page and "B2020-1-05" not in page
    assert "没有名称或代码含“飞船”的事项" in text(one.get("/desk/items?q=飞船"))


def edited(client: Client, group: str, **changes: str | list[str]) -> object:
    """A group of the form, sent with some fields changed and everything else as it stands there."""
    page = text(client.get(f"{EDIT}?group={group}"))
    return client.post(EDIT, {**filled(page, "group", **changes), "save": "1"})


def submitted(client: Client) -> dict[str, str]:
    """The draft, laid before a second person; what names it."""
    both = {"proposal": hidden(text(client.get(ONE_ITEM)), "proposal")}
    seen = hidden(text(client.get(ONE_ITEM)), "seen")
    assert client.post(ONE_ITEM, {**both, "seen": seen, "step": "submit"}).status_code == 303
    return {**both, "seen": str(int(seen) + 1)}


@pytest.mark.req("R-034")
def test_one_drafts_in_several_goes_and_another_publishes() -> None:
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    assert edited(one, "place", address="深圳市南山区1号", valid_from=later()).status_code == 303  # type: ignore[attr-defined]
    assert edited(one, "limits", promised_limit__value="4").status_code == 303  # type: ignore[attr-defined]
    page = text(one.get(ONE_ITEM))
    assert "深圳市南山区1号" in page and "4个工作日" in page
    assert other.get(EDIT).status_code == 409
    both = submitted(one)
    assert "须由另一位事项管理人员审核" in text(one.get(ONE_ITEM))
    assert "需要另一人审核" in text(one.post(ONE_ITEM, {**both, "step": "publish"}), 403)
    assert other.post(ONE_ITEM, {**both, "step": "return", "note": "楼层未写"}).status_code == 303
    assert "楼层未写" in text(one.get(EDIT))
    assert edited(one, "place", address="深圳市南山区1号3楼").status_code == 303  # type: ignore[attr-defined]
    assert other.post(ONE_ITEM, {**submitted(one), "step": "publish"}).status_code == 303
    on = local_date(clock.now()) + timedelta(days=9)
    version = queries.open_version(ENTRY, "44", on)
    assert (version.elements.address, version.promised_days) == ("深圳市南山区1号3楼", 4)


@pytest.mark.req("R-030", "R-034")
def test_fees_and_laws_are_rows_of_fields_that_need_no_script() -> None:
    one = signed_in("he-jing")
    sent = filled(text(one.get(f"{EDIT}?group=fee")), "group", fee="1", fee_basis="发改价格〔2018〕1号")
    page = text(one.post(EDIT, {**sent, "fee_items.0.name": "工本费", "more": "fee_items"}))
    assert 'name="fee_items.1.name"' in page and "工本费" in page
    sent = filled(page, "group", fee_items__1__name="照相费", fee_items__1__standard="20元")
    page = text(one.post(EDIT, {**sent, "save": "1"}), 422)
    assert re.search(r'href="#e-fee_items-0-standard">请填写收费标准', page)
    assert 'id="e-fee_items-0-standard-error"' in page and "照相费" in page
    sent = filled(page, "group", fee_items__0__standard="10元")
    page = text(one.post(EDIT, {**sent, "less": "fee_items.1"}))
    assert "照相费" not in page and managing.proposals() == ()
    assert one.post(EDIT, {**filled(page, "group", valid_from=later()), "save": "1"}).status_code == 303
    assert signed_in("lu-ning").post(ONE_ITEM, {**submitted(one), "step": "publish"}).status_code == 303
    version = queries.open_version(ENTRY, "44", local_date(clock.now()) + timedelta(days=9))
    assert [(f.name, f.standard) for f in version.elements.fee_items] == [("工本费", "10元")]
    assert version.guide["fee"] == {"charge": True, "detail": "工本费：10元", "basis": "发改价格〔2018〕1号"}


def test_what_is_uniform_is_shown_and_cannot_be_typed_over() -> None:
    one = signed_in("he-jing")
    page = text(one.get(f"{EDIT}?group=identity"))
    assert (
        "由国家基本目录统一规定" in page and 'name="item_type"' not in page and 'name="legal_basis.0.law"' not in page
    )
    sent = {**filled(page, "group"), "item_type": "20", "save": "1"}
    assert "没有改动" in text(one.post(EDIT, sent), 422)


def test_a_contradiction_is_named_before_the_second_person_sees_it() -> None:
    one = signed_in("he-jing")
    assert edited(one, "fee", fee="1").status_code == 303  # type: ignore[attr-defined]
    page = text(one.get(ONE_ITEM))
    assert "发布前须改正" in page and "收费依据：收费信息不全" in page and 'value="submit"' not in page
    answer = {"proposal": hidden(page, "proposal"), "seen": "1", "step": "submit"}
    assert "收费信息不全" in text(one.post(ONE_ITEM, answer), 422)


@pytest.mark.req("R-031")
def test_an_implementation_is_created_from_a_base_item() -> None:
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    listed = text(one.get("/desk/items/new?q=学历公证"))
    code = hidden(listed, "code")
    assert one.post("/desk/items/new", {"code": code}).status_code == 303
    assert code not in text(one.get("/desk/items/new"))
    where = f"/desk/items/one/{code}"
    page = text(one.get(where))
    assert "还没有发布" in page and "学历公证" in page
    service = text(one.get(f"/desk/items/edit/{code}?group=service"))
    told = filled(service, "group", conditions="持有毕业证书", process__0__name="公证处出证", valid_from=later(0))
    assert one.post(f"/desk/items/edit/{code}", {**told, "save": "1"}).status_code == 303
    both = {"proposal": hidden(page, "proposal")}
    assert one.post(where, {**both, "seen": "2", "step": "submit"}).status_code == 303
    assert other.post(where, {**both, "seen": "3", "step": "publish"}).status_code == 303
    assert "第1版" in text(one.get(where))
    guide = text(Client().get("/items/QH2020-1-01", {"there": "440300"}))
    assert "持有毕业证书" in guide and "公证处出证" in guide and "这件事还不能在这里申请" in guide
    places = {"item": "QH2020-1-01", "here": "440305", "there": "440300"}
    assert "现在开始" not in text(Client().get("/way", places)), "nobody has built its filing"
    assert one.post("/desk/items/new", {"code": "B1999-1-1"}).status_code == 404


def test_two_places_are_set_beside_each_other() -> None:
    page = text(signed_in("he-jing").get(ONE_ITEM + "?beside=63"))
    assert re.search("各要素都与.+相同", page)


def test_a_file_is_judged_named_by_row_and_column_and_taken_in_only_whole() -> None:
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    exported = one.get("/desk/items/export")
    cells = [list(row) for row in read_xlsx(exported.content)]
    row = cells[FIRST_ROW - 1]
    row[KEYS.index("hours")], row[KEYS.index("valid_from")], row[KEYS.index("visits")] = "9-17", later(), "两次"

    def sent(client: Client, button: str) -> object:
        file = io.BytesIO(write_xlsx("x", cells))
        file.name = "items.xlsx"
        return client.post("/desk/items/import", {"file": file, button: "1"})

    page = text(sent(one, "take"))
    assert "共1处错误，没有导入任何内容" in page and "到现场次数" in page
    column = get_column_letter(KEYS.index("visits") + 1)
    assert f"第{FIRST_ROW}行 {column}列" in page and "两次" in page and "请写整数" in page
    lines = list(csv.reader(io.StringIO(sent(one, "report").content.decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert lines[1][:2] == [str(FIRST_ROW), column] and lines[1][4:] == ["两次", "内容读不懂", "请写整数"]
    assert managing.batches() == ()
    row[KEYS.index("visits")] = "0"
    page = text(sent(one, "try"))
    assert "没有错误：新增0项，修改1项" in page and "办理时间" in page
    assert one.post("/desk/items/import", {**filled(page, "held"), "take": "1"}).status_code == 303
    batch = str(managing.batches()[0].id)
    assert "9-17" in text(other.get(f"/desk/items/import?batch={batch}"))
    assert one.post("/desk/items/import", {"batch": batch, "publish": "1"}).status_code == 403
    assert other.post("/desk/items/import", {"batch": batch, "publish": "1"}).status_code == 303
    assert importing.dry_run(write_xlsx("x", cells), kind="xlsx", on=local_date(clock.now())).rows == ()


def test_a_file_that_is_none_is_refused_with_what_to_do() -> None:
    one = signed_in("he-jing")

    def sent(name: str, raw: bytes) -> str:
        file = io.BytesIO(raw)
        file.name = name
        return one.post("/desk/items/import", {"file": file, "try": "1"}).content.decode()

    assert "还没有选择文件" in text(one.post("/desk/items/import", {"try": "1"}), 422)
    assert "文件是空的" in sent("items.xlsx", b"")
    assert "另存为XLSX" in sent("items.xlsx", b"code,name\nB2020-2-48,x\n")
    formula = write_xlsx("x", [["code", "hours"], ["事项代码", "办理时间"], [CODE, "=1+1"]])
    page = sent("items.xlsx", formula)
    assert "第3行 B列" in page and "含有公式" in page and "=1+1" in page
    huge = {"items": [{"code": CODE, "valid_from": later(), "elements": {"hours": "长" * 32768}}]}
    assert "单元格内容过长" in sent("items.json", json.dumps(huge).encode())
    wrong_day = {"items": [{"code": CODE, "valid_from": "明天", "elements": {"hours": "9-17", "colour": "红"}}]}
    page = sent("items.json", json.dumps(wrong_day).encode())
    assert "请写成2027-01-01这样的日期" in page and "不认识的列" in page


@pytest.mark.req("R-040")
def test_a_guide_is_reviewed_and_everything_done_to_an_item_is_shown() -> None:
    one = signed_in("he-jing")
    assert "指南复核" in text(one.get("/desk/items"))
    answer = {"step": "reviewed", "note": "核对无误", "next_on": later(90)}
    text(one.post(ONE_ITEM, {**answer, "next_on": later(-1)}), 422)
    text(one.post(ONE_ITEM, {**answer, "next_on": ""}), 422)
    assert one.post(ONE_ITEM, answer).status_code == 303
    page = text(one.get(ONE_ITEM))
    assert "变更记录" in page and "复核指南" in page and "核对无误" in page and "何* he-jing" in page


def test_an_item_is_suspended_with_a_reason() -> None:
    one = signed_in("he-jing")
    text(one.post(ONE_ITEM, {"step": "suspended", "reason": ""}), 422)
    assert one.post(ONE_ITEM, {"step": "suspended", "reason": "系统升级"}).status_code == 303
    assert "已暂停" in text(one.get(ONE_ITEM))
    assert one.get("/desk/items/one/B1999-1-1").status_code == 404
    assert one.post(ONE_ITEM, {"step": "publish"}).status_code == 400


def test_values_are_shown_in_words_and_not_as_codes_or_json() -> None:
    said, names = wordings(), queries.code_list("item_type", local_date(clock.now()))
    code, (name, _) = next(iter(names.items()))
    assert said("item_type", code) == name
    law = {"law": "中华人民共和国道路运输条例", "article": "第九条", "point": ""}
    for value in ([law], json.dumps([law], ensure_ascii=False)):
        assert said("legal_basis", value) == "中华人民共和国道路运输条例 第九条"
    necessity, (word, _) = next(iter(queries.code_list("material_necessity", local_date(clock.now())).items()))
    shown = said("materials", [{"name": "身份证", "necessity": necessity}])
    assert shown == f"身份证 {word}"


def test_retiring_asks_whether_one_is_sure() -> None:
    one = signed_in("he-jing")
    answer = {"step": "retired", "reason": "并入他项"}
    assert "请先勾选" in text(one.post(ONE_ITEM, answer), 422)
    assert one.post(ONE_ITEM, {**answer, "sure": "1"}).status_code == 303
    assert "已取消" in text(one.get(ONE_ITEM))
