"""The catalog over the API: 138 entries, search, versions, regions."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def test_all_138_entries_can_be_walked_by_cursor_in_the_order_of_the_annex() -> None:
    keys: list[str] = []
    url: str | None = "/api/v1/items?limit=50"
    while url:
        page = Client().get(url).json()
        keys += [item["key"] for item in page["items"]]
        url = f"/api/v1/items?limit=50&cursor={page['next']}" if page["next"] else None
    assert len(keys) == len(set(keys)) == 138
    assert keys[0] == "QH2020-1-01"


def test_a_cursor_of_another_list_is_refused() -> None:
    from tongban.api import cursors

    answer = Client().get(f"/api/v1/items?cursor={cursors.seal('filings', 'QH2020-1-01')}")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")


@pytest.mark.parametrize(
    ("words", "key"),
    [("换从业资格证", "QH2020-2-48"), ("养老保险转移", "QH2020-1-07"), ("失业登记", "QH2020-1-05")],
)
def test_search_answers_best_first_with_a_reason(words: str, key: str) -> None:
    answer = Client().get("/api/v1/items", {"q": words, "limit": 5}).json()
    scores = [item["score"] for item in answer["items"]]
    assert answer["items"][0]["key"] == key
    assert answer["items"][0]["name"]
    assert answer["items"][0]["why"]["kind"]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 5
    assert answer["next"] is None


def test_words_that_mean_nothing_here_find_nothing() -> None:
    assert Client().get("/api/v1/items", {"q": "zzqxv"}).json() == {"items": [], "next": None}


def test_an_entry_is_not_sent_again_while_it_is_unchanged() -> None:
    first = Client().get("/api/v1/items/QH2020-2-48")
    assert first.json()["name"] == "道路客运驾驶员从业资格证换证"
    again = Client().get("/api/v1/items/QH2020-2-48", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_version_in_force_brings_form_materials_and_limits() -> None:
    version = Client().get("/api/v1/items/QH2020-2-48/version", {"node": "63"}).json()
    assert version["form"]["$schema"].endswith("2020-12/schema")
    assert {material["key"] for material in version["materials"]} >= {"photo"}
    assert version["ref"]["owner"] == "63"


@pytest.mark.parametrize(("key", "status"), [("QH2020-9-99", 404), ("QH2020-1-01", 409)])
def test_an_item_that_is_unknown_or_not_open_says_which(key: str, status: int) -> None:
    assert Client().get(f"/api/v1/items/{key}/version").status_code == status


def test_regions_lead_from_the_provinces_down() -> None:
    provinces = Client().get("/api/v1/regions").json()["regions"]
    assert len(provinces) == 34
    below = Client().get("/api/v1/regions", {"parent": "630000"}).json()["regions"]
    assert "630100" in [region["code"] for region in below]
    one = Client().get("/api/v1/regions/630102").json()
    assert one["path"] == ["青海省", "西宁市", "城东区"]
    assert Client().get("/api/v1/regions", {"q": "西宁"}).json()["regions"][0]["code"] == "630100"


@pytest.mark.parametrize(("query", "status"), [({"parent": "999999"}, 422), ({"parent": "63"}, 422), ({"q": ""}, 422)])
def test_a_region_that_is_not_there_is_named(query: dict[str, str], status: int) -> None:
    assert Client().get("/api/v1/regions", query).status_code == status
    assert Client().get("/api/v1/regions/999999").status_code == 404
