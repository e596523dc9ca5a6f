"""The feed of catalog changes and ETags of catalog reads, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tongban.items.actions import proposing
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role
from tongban.kernel.time import local_date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

FEED = "/api/v1/catalog/changes"
CODE = "B2020-2-48"


def walked(cursor: str = "", limit: int = 100) -> tuple[list[dict[str, Any]], str]:
    found: list[dict[str, Any]] = []
    more = True
    while more:
        page = Client().get(FEED, {"limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        found += page["changes"]
        cursor, more = page["next"], page["more"]
    return found, cursor


def act(name: str) -> Act:
    posts = (Post(Role.ITEM_MANAGER, "440000"),)
    return Act(Actor(ActorKind.STAFF, "demo", name, NodeId("44"), posts, level=4), clock.now())


def publish(**changes: Any) -> None:
    begins = local_date(clock.now()) + timedelta(days=9)
    made = proposing.propose(act("he-jing"), "implementation", CODE, changes, valid_from=begins)
    proposing.submit(act("he-jing"), made, seen=1)
    proposing.publish(act("lu-ning"), made, seen=2)


def test_the_feed_is_ordered_whole_and_the_same_in_pages_of_any_size() -> None:
    whole, _ = walked(limit=1000)
    assert [c["seq"] for c in whole] == sorted({c["seq"] for c in whole})
    assert walked(limit=7)[0] == whole
    assert {c["entry_key"] for c in whole if c["kind"] == "entry"} >= {"QH2020-1-01", "QH2020-2-48"}
    assert {c["owner"] for c in whole if c["kind"] == "implementation"} >= {"44", "63", "14"}


def test_whoever_kept_the_cursor_gets_exactly_what_came_since() -> None:
    _, cursor = walked()
    assert walked(cursor) == ([], cursor)
    publish(hours="9:00-18:00")
    proposing.set_standing(act("he-jing"), CODE, "suspended", reason="系统升级")
    new, later = walked(cursor)
    assert [(c["kind"], c["change"], c["owner"], c["version"]) for c in new] == [
        ("implementation", "ended", "44", 1), ("implementation", "published", "44", 2),
        ("standing", "suspended", "44", None),
    ]  # fmt: skip
    assert walked(later) == ([], later)


def test_a_list_may_be_limited_to_one_owner_or_kind() -> None:
    own = Client().get(FEED, {"owner": "63", "kind": "implementation", "limit": 1000}).json()["changes"]
    assert own and {(c["owner"], c["kind"]) for c in own} == {("63", "implementation")}


@pytest.mark.parametrize("path", [
    "/api/v1/items?limit=10", "/api/v1/items?q=换从业资格证", "/api/v1/items/QH2020-2-48",
    "/api/v1/items/QH2020-2-48/version?node=63", FEED,
])  # fmt: skip
def test_what_is_unchanged_is_not_sent_again(path: str) -> None:
    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": f'"other", {first["ETag"]}'})
    assert (first.status_code, again.status_code, again.content, again["ETag"]) == (200, 304, b"", first["ETag"])
    assert Client().get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_what_changed_has_another_tag() -> None:
    _, cursor = walked()
    tag = Client().get(FEED, {"cursor": cursor})["ETag"]
    publish(hours="8:30-17:30")
    answer = Client().get(FEED, {"cursor": cursor}, headers={"If-None-Match": tag})
    assert answer.status_code == 200 and len(answer.json()["changes"]) == 2


@pytest.mark.parametrize("cursor", ["x", "", "1"])
def test_a_cursor_nobody_gave_is_refused(cursor: str) -> None:
    assert Client().get(FEED, {"cursor": cursor}).status_code == 400
