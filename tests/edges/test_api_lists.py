"""Lists and the reach of items over the API."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

MARRIAGE, TIBET = "QH2020-3-03", "QH2020-2-50"


def get(path: str, status: int = 200, **asked: str):
    answer = Client().get(f"/api/v1/{path}", asked)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.mark.req("R-299")
def test_the_same_item_between_the_same_places_answers_by_the_day() -> None:
    def opening(on: str, here: str = "440305") -> dict[str, object]:
        return get(f"items/{MARRIAGE}/reach", here=here, there="630102", on=on)["opening"]

    assert opening("2021-06-01", here="632801")["state"] == "open"
    assert opening("2021-06-01") | {"words": ""} == {
        "state": "not_yet", "why": "due", "kind": "cross_province", "stage": "live", "since": None,
        "until": "2025-05-10", "region": "", "scope": "QH2020-3-03/3", "words": "",
    }  # fmt: skip
    assert (opening("2025-05-10")["state"], opening("2025-05-10")["since"]) == ("open", "2025-05-10")


@pytest.mark.req("R-053")
def test_exemptions_and_both_fields_of_place_are_answered() -> None:
    found = get(f"items/{TIBET}/reach", here="440305", there="540102")
    assert (found["opening"]["state"], found["opening"]["region"]) == ("exempt", "540000")
    assert [(e["region"], e["ends"]) for e in found["exemptions"]] == [("540000", None)]
    assert (found["placing"]["filing"], found["placing"]["deciding"]) == ("anywhere", ["户籍地"])
    assert get(f"items/{TIBET}/reach")["opening"] is None


def test_what_cannot_be_asked_is_refused() -> None:
    assert get("items/QH2020-9-99/reach", 404)["code"] == "request.not_found"
    assert get(f"items/{TIBET}/reach", 422, here="999999", there="540102")["code"] == "request.invalid"
    assert get("lists/NONE", 404)["code"] == "request.not_found"
    assert get("lists/QH2020", 404, edition="7")["code"] == "request.not_found"


@pytest.mark.req("R-013")
def test_lists_come_with_their_frames_and_say_what_is_not_verified() -> None:
    found = {row["code"]: row for row in get("lists")["lists"]}
    assert (found["QH2020"]["count"], found["QH2022"]["verified"], found["QH2022"]["expected"]) == (138, False, 20)
    assert get("lists/QH2022")["annex"] is None
    whole = get("lists/QH2020")
    assert len(whole["annex"]["lines"]) == 138 and whole["digest"].startswith("sha-256:")


def test_a_reader_who_has_it_is_told_so() -> None:
    first = Client().get("/api/v1/lists/QH2020")
    again = Client().get("/api/v1/lists/QH2020", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
