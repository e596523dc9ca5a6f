"""What a window sees of another place, what an item manager sees of all places, and the rates as open data."""

from __future__ import annotations

import copy
import csv
import io
from typing import Any

import pytest
from django.test import Client
from tests.signing_in import signed_in_as

from tongban.items import store
from tongban.items.models import CatalogState, Implementation
from tongban.items.rules.content import digest_of
from tongban.journal import clock
from tongban.kernel.ids import new_id
from tongban.kernel.time import local_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

CODE, ENTRY = "B2020-2-48", "QH2020-2-48"
XINING = f"/desk/guide?entry={ENTRY}&anchor=630100"


def signed_in(subject: str) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(client, subject)
    return client


def text(answer: Any, status: int = 200) -> str:
    content: str = answer.content.decode()
    assert answer.status_code == status, content[:2000]
    return content


@pytest.fixture
def qinghai_differs(loaded: None) -> Any:
    """Qinghai has a version of its own in force since today."""
    row = Implementation.objects.get(owner="63", code=CODE, valid_to__isnull=True)
    body, today = copy.deepcopy(row.content), local_date(clock.now())
    body["promised_days"] = 3
    body["materials"].append(
        {"key": "health", "name": "体检证明", "name_en": "health certificate", "necessity": "required", "form": "paper",
         "exempt": False, "review_points": ["六个月内"], "review_points_en": []}
    )  # fmt: skip
    body["elements"] |= {"annual_check": True, "service_objects": ["9"]}
    Implementation.objects.filter(pk=row.pk).update(valid_to=today)
    number = row.version + 1
    Implementation.objects.create(
        owner="63", code=CODE, version=number, digest=digest_of("63", CODE, number, body), entry_key=ENTRY,
        valid_from=today, content=body,
    )  # fmt: skip
    CatalogState.objects.filter(id=1).update(token=str(new_id()))
    store.forget()
    yield
    store.forget()


@pytest.mark.req("R-041")
def test_a_window_sees_the_other_places_standard_and_what_differs_from_its_own(qinghai_differs: None) -> None:
    page = text(signed_in("wang-fang").get(XINING))
    assert "与本地不同之处" in page and "体检证明（必要、纸质）" in page
    assert "5个工作日" in page and "<strong>3个工作日</strong>" in page
    assert "六个月内" in page and "第2版" in page and "申请表" in page


def test_without_a_difference_it_says_so_and_at_home_it_is_ones_own() -> None:
    client = signed_in("wang-fang")
    assert "材料、填写项、时限和要素都与本地相同" in text(client.get(XINING))
    assert "这就是本地的办理标准" in text(client.get(f"/desk/guide?entry={ENTRY}&anchor=440300"))
    assert "没有接入的地区暂不能代收" in text(client.get(f"/desk/guide?entry={ENTRY}&anchor=110000"))
    assert client.get("/desk/guide?entry=QH1999-1-1").status_code == 404
    stranger, clerk = signed_in("li-mei").get("/desk/guide"), signed_in("wang-fang").get("/my/")
    assert stranger.status_code == clerk.status_code == 403
    assert "这一页供工作人员使用" in stranger.content.decode()
    assert "替人收件，请到窗口收件" in clerk.content.decode()


@pytest.mark.req("R-033")
def test_any_two_places_stand_side_by_side_and_against_the_base_item(qinghai_differs: None) -> None:
    client = signed_in("he-jing")
    listed = text(client.get("/desk/items/compare?a=63&b=44"))
    assert "道路客运驾驶员从业资格证换证" in listed and "双方都有的事项" in listed
    for sides in ("a=63&b=44", "a=44&b=63", "a=00&b=63"):
        page = text(client.get(f"/desk/items/compare?{sides}&code={CODE}"))
        assert "有无年检" in page and "不一致" in page
    assert client.get("/desk/items/compare?a=63&b=44&code=B1-1").status_code == 404
    assert "请选择两个不同的地方" in text(client.get("/desk/items/compare?a=63&b=63"))


@pytest.mark.req("R-033")
def test_rates_by_place_element_and_item_fall_where_the_difference_is(qinghai_differs: None) -> None:
    whole = Client().get("/open/uniformity.json").json()
    rates = {p["profile"]: p for p in whole["profiles"]}["ten_same"]
    place, element, item = rates["by_place"], rates["by_element"], rates["by_item"]
    assert place["44"]["percent"] == 100 > place["63"]["percent"] > 50
    assert element["service_objects"]["percent"] < 100
    assert whole["schema"] == "tongban:uniformity/1"
    assert element["name"]["percent"] == 100 and item[CODE]["known"] > 0
    total = [sum(rate[k] for rate in place.values()) for k in ("same", "known")]
    for part in (element, item):
        assert [sum(rate[k] for rate in part.values()) for k in ("same", "known")] == total
    rows = list(csv.reader(io.StringIO(Client().get("/open/uniformity.csv").content.decode("utf-8-sig"))))
    assert ["ten_same", "by_place", "44"] in [row[:3] for row in rows]
    tag = Client().get("/open/uniformity.json")["ETag"]
    assert Client().get("/open/uniformity.json", headers={"if-none-match": tag}).status_code == 304
    assert Client().get("/open/uniformity.pdf").status_code == 404
