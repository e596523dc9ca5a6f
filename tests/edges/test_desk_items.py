"""The item manager's desk: what is there, one item from proposal to publication, files in and out."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.signing_in import signed_in_as

from tongban.desk.pages.items_managing import wordings
from tongban.items import importing, managing, queries
from tongban.items.rules.sheet import FIRST_ROW, KEYS
from tongban.items.spreadsheets import read_xlsx, write_xlsx
from tongban.journal import clock
from tongban.kernel.time import local_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

CODE, ENTRY = "B2020-2-48", "QH2020-2-48"
ONE_ITEM = f"/desk/items/one/{CODE}"


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


@pytest.mark.req("R-034")
def test_one_drafts_and_another_publishes() -> None:
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    draft = {"step": "propose", "element": "address", "value": "深圳市南山区1号", "valid_from": later()}
    assert one.post(ONE_ITEM, draft).status_code == 303
    page = text(one.get(ONE_ITEM))
    assert "深圳市南山区1号" in page
    both = {"proposal": hidden(page, "proposal")}
    assert one.post(ONE_ITEM, {**both, "seen": "1", "step": "submit"}).status_code == 303
    assert "须由另一位事项管理人员审核" in text(one.get(ONE_ITEM))
    assert "需要另一人审核" in text(one.post(ONE_ITEM, {**both, "seen": "2", "step": "publish"}), 403)
    assert other.post(ONE_ITEM, {**both, "seen": "2", "step": "publish"}).status_code == 303
    on = local_date(clock.now()) + timedelta(days=9)
    assert queries.open_version(ENTRY, "44", on).elements.address == "深圳市南山区1号"


def test_what_is_uniform_is_refused_beside_the_form() -> None:
    one = signed_in("he-jing")
    page = text(
        one.post(ONE_ITEM, {"step": "propose", "element": "item_type", "value": "20", "valid_from": later()}), 422
    )
    assert "统一要素，不能自行改动" in page


def test_two_places_are_set_beside_each_other() -> None:
    page = text(signed_in("he-jing").get(ONE_ITEM + "?beside=63"))
    assert "各要素都相同" in page


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
    assert managing.batches() == ()
    row[KEYS.index("visits")] = "0"
    assert "没有错误：新增0项，修改1项" in text(sent(one, "try"))
    assert sent(one, "take").status_code == 303  # type: ignore[attr-defined]
    batch = str(managing.batches()[0].id)
    assert one.post("/desk/items/import", {"batch": batch, "publish": "1"}).status_code == 403
    assert other.post("/desk/items/import", {"batch": batch, "publish": "1"}).status_code == 303
    assert importing.dry_run(write_xlsx("x", cells), kind="xlsx", on=local_date(clock.now())).rows == ()


@pytest.mark.req("R-040")
def test_a_guide_is_reviewed_and_everything_done_to_an_item_is_shown() -> None:
    one = signed_in("he-jing")
    assert "指南复核" in text(one.get("/desk/items"))
    answer = {"step": "reviewed", "note": "核对无误", "next_on": later(90)}
    text(one.post(ONE_ITEM, {**answer, "next_on": later(-1)}), 422)
    text(one.post(ONE_ITEM, {**answer, "next_on": ""}), 422)
    assert one.post(ONE_ITEM, answer).status_code == 303
    page = text(one.get(ONE_ITEM))
    assert "变更记录" in page and "复核指南" in page and "核对无误" in page and "staff:demo:he-jing" in page


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


def test_a_limit_is_taken_as_people_write_it_and_the_right_way_is_said() -> None:
    one = signed_in("he-jing")
    change = {"step": "propose", "element": "promised_limit", "valid_from": later()}
    refused = text(one.post(ONE_ITEM, {**change, "value": "很快"}), 422)
    assert "请写成“4个工作日”“30日”或“即办”" in refused
    assert one.post(ONE_ITEM, {**change, "value": "4个工作日"}).status_code == 303
    assert "4个工作日" in text(one.get(ONE_ITEM))
