"""The desk page of re-basing: what waits, the dry run, the move with its reason, and what the applicant then sees."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.edges.made import REGISTRATION, a_filing
from tests.loaded_node import token_of
from tests.signing_in import signed_in_as

from tongban.items.actions import proposing
from tongban.journal import clock, worker
from tongban.kernel.people import Act
from tongban.kernel.time import local_date
from tongban.ops.demo_cases import pension_answers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

CODE = "B2020-1-05"
PAGE = f"/desk/items/rebasing?code={CODE}&version=1"


def signed_in(subject: str) -> Client:
    client = Client(headers={"accept-language": "zh-CN"})
    client.actor = signed_in_as(client, subject)  # type: ignore[attr-defined]
    return client


def text(answer: Any, status: int = 200) -> str:
    content: str = answer.content.decode()
    assert answer.status_code == status, content[:2000]
    return content


def publish_today(one: Client, other: Client, code: str = CODE) -> None:
    acts = [Act(client.actor, clock.now()) for client in (one, other)]  # type: ignore[attr-defined]
    made = proposing.propose(
        acts[0], "implementation", code, {"hours": "9:00-18:00"}, valid_from=local_date(clock.now())
    )
    proposing.submit(acts[0], made, seen=1)
    proposing.publish(acts[1], made, seen=2)


@pytest.mark.req("R-063")
def test_running_cases_are_tried_and_then_moved_with_a_reason() -> None:
    one, other, li_mei = signed_in("he-jing"), signed_in("lu-ning"), signed_in("li-mei")
    filing = a_filing(token_of("li-mei", "filings:write"), REGISTRATION)
    worker.drain()
    assert "所有在办件都按现行版本办理" in text(one.get("/desk/items/rebasing"))
    publish_today(one, other)
    assert "1 → 2" in text(one.get("/desk/items/rebasing"))
    page = text(one.get(PAGE))
    assert "填写项、材料和时限都没有变化" in page and "可以" in page
    case = re.findall(r'name="case" value="([^"]+)"', page)[0]
    form = {"code": CODE, "version": "1", "case": case}
    assert one.post("/desk/items/rebasing", {**form, "reason": "because"}).status_code == 422
    assert one.post("/desk/items/rebasing", {**form, "reason": "error_corrected"}).status_code == 303
    worker.drain()
    assert "所有在办件都按现行版本办理" in text(one.get("/desk/items/rebasing"))
    seen = text(li_mei.get(f"/my/{filing}/"))
    assert "改按事项新版本办理" in seen and "第1版 → 第2版" in seen


@pytest.mark.req("R-063")
def test_of_a_joint_case_the_page_says_what_becomes_of_every_step() -> None:
    transfer = {
        "item": "QH2020-1-07", "mode": "joint", "intake_region": "440106", "anchor_region": "440106",
        "releasing_region": "630102",
        "answers": {"applicant_name": "李梅", "id_number": "630102198806159961", "mobile": "15400000001",
                    **pension_answers()},
    }  # fmt: skip
    one, other = signed_in("he-jing"), signed_in("lu-ning")
    a_filing(token_of("li-mei", "filings:write"), transfer)
    worker.drain()
    publish_today(one, other, "B2020-1-07")
    page = text(one.get("/desk/items/rebasing?code=B2020-1-07&version=1"))
    for step in ("转入地审核", "转出地转出", "转入地接续"):
        assert f'<span lang="zh-CN">{step}</span>：将按新版本发起' in page


def test_only_reviewers_and_item_managers_come_here_and_nothing_is_moved_blindly() -> None:
    assert signed_in("li-mei").get("/desk/items/rebasing").status_code == 403
    assert signed_in("wang-fang").get("/desk/items/rebasing").status_code == 403
    manager = signed_in("he-jing")
    assert manager.post("/desk/items/rebasing", {"code": CODE, "version": "7"}).status_code == 404
    assert manager.get("/desk/items/rebasing?code=x&version=9999999999").status_code == 200
