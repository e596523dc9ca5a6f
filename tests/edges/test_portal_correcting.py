"""What an applicant can still say: answering a correction, withdrawing; and the pages of the national zone."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from tests.edges.made import REGISTRATION
from tests.edges.test_portal_applying import UNEMPLOYMENT, seen, submitted
from tests.signing_in import signed_in_as

from tongban.cases.actions import decision, review
from tongban.cases.actions.reading import open_case_file
from tongban.cases.actions.review import Point
from tongban.cases.queries import case_view, desk_queue
from tongban.identity.demo_people import ISSUER
from tongban.identity.queries import actor_of
from tongban.journal import clock, worker
from tongban.kernel.people import Act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

HERE = {"mode": "online", "intake.1": "440000", "intake.2": "440300", "intake.3": "440305",
        "anchor.1": "440000", "anchor.2": "440300", "anchor.3": "440305"}  # fmt: skip
POINTS = (
    Point("p1", "answer:unemployed_since", "wrong", "失业日期与解除合同证明不一致"),
    Point("p2", "general", "other", "请说明目前是否已重新就业"),
)


@pytest.fixture
def client() -> Client:
    made = Client(headers={"accept-language": "zh-CN"})
    signed_in_as(made, "li-mei")
    return made


def reviewer() -> Act:
    return Act(actor_of(ISSUER, "huang-zhiqiang"), clock.now())


def a_case(client: Client) -> tuple[str, UUID, str]:
    """A matter this node decides itself: the applicant's address, the case and its number."""
    mine = submitted(client, UNEMPLOYMENT, HERE, REGISTRATION)
    worker.drain()
    number = re.search(r"44-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z*~$=]", client.get(mine).content.decode())
    assert number
    row = next(r for r in desk_queue(reviewer().actor, "cases", limit=100).items if r.filing_number == number[0])
    return mine, row.id, number[0]


def version(case: UUID) -> int:
    return case_view(reviewer().actor, case).version


def with_correction(client: Client) -> tuple[str, UUID]:
    mine, case, _ = a_case(client)
    review.request_correction(reviewer(), case, points=POINTS, seen=version(case))
    worker.drain()
    return mine, case


@pytest.mark.req("R-109")
def test_all_points_stand_on_one_page_old_beside_new(client: Client) -> None:
    mine, _ = with_correction(client)
    assert "需要补正" in client.get(mine).content.decode()
    page = client.get(f"{mine}correction").content.decode()
    assert page.count('class="card"') == len(POINTS)
    assert "2026年11月1日" in page
    assert 'name="unemployed_since"' in page
    assert 'name="point.p2"' in page


def test_an_unanswered_point_is_named_and_what_was_written_is_kept(client: Client) -> None:
    mine, _ = with_correction(client)
    answer = client.post(
        f"{mine}correction", {"unemployed_since": "2026-10-31", "seen": seen(client, f"{mine}correction")}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-point-p2"' in page
    assert 'id="f-point-p2-error"' in page
    assert "请说明目前是否已重新就业 请写明情况。" in page
    assert 'value="2026-10-31"' in page


def test_a_form_left_unchanged_says_what_to_do_about_each_point_and_offers_no_upload_where_no_file_is_asked(
    client: Client,
) -> None:
    mine, _ = with_correction(client)
    address = f"{mine}correction"
    answer = client.post(address, {"unemployed_since": "2026-11-01", "seen": seen(client, address)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "失业日期与解除合同证明不一致 请改正；不用改的，写明原因。" in page
    assert "先上传文件" not in page


def test_answering_every_point_sends_a_new_revision(client: Client) -> None:
    mine, case = with_correction(client)
    answer = client.post(
        f"{mine}correction",
        {"unemployed_since": "2026-10-31", "point.p2": "尚未就业", "seen": seen(client, f"{mine}correction")},
    )
    assert answer.status_code == 303, answer.content.decode()
    worker.drain()
    now = open_case_file(reviewer(), "case", case)
    assert now.revision == 2
    assert now.answers["unemployed_since"] == "2026-10-31"
    assert {p.answer for p in now.corrections[0].points} == {"已按要求更正", "尚未就业"}
    assert client.get(f"{mine}correction").status_code == 409


def test_answers_that_were_not_asked_for_stay_as_they_were(client: Client) -> None:
    mine, case = with_correction(client)
    typed = {"unemployed_since": "2026-10-31", "mobile": "13900000000", "point.p2": "尚未就业"}
    client.post(f"{mine}correction", {**typed, "seen": seen(client, f"{mine}correction")})
    worker.drain()
    seen_by_reviewer = open_case_file(reviewer(), "case", case).answers
    assert seen_by_reviewer["unemployed_since"] == "2026-10-31"
    assert seen_by_reviewer.get("mobile") != "13900000000"


def test_a_withdrawal_is_asked_about_once_more_and_answered_by_the_owner(client: Client) -> None:
    mine, case, _ = a_case(client)
    assert "撤回这份申请？" in client.get(f"{mine}withdraw").content.decode()
    assert client.post(f"{mine}withdraw", {"seen": seen(client, f"{mine}withdraw")}).status_code == 303
    worker.drain()
    assert case_view(reviewer().actor, case).close_reason == "withdrawn"
    assert "已撤回" in client.get(mine).content.decode()


def test_the_result_reaches_the_applicants_page_and_can_be_printed(client: Client) -> None:
    mine, case, number = a_case(client)
    review.accept(reviewer(), case, seen=version(case))
    decision.grant(
        reviewer(), case, result=decision.ResultDraft(number="失登440305001", text="准予登记"), seen=version(case)
    )
    worker.drain()
    assert "准予登记" in client.get(mine).content.decode()
    printed = client.get(f"{mine}result").content.decode()
    assert number in printed
    assert "办结通知书" in printed
    assert client.post(f"{mine}withdraw", {"seen": "1"}).status_code == 422


def test_the_status_page_names_the_neighbours(client: Client) -> None:
    shown = client.get("/status").content.decode()
    assert "正在运行" in shown


def test_the_national_zone_reads_only_and_leads_to_the_provinces(client: Client) -> None:
    from dataclasses import replace

    from tongban import config

    here = config.config()
    config.use(replace(here, node_id="00", node_name="全国"))
    try:
        zone = client.get("/").content.decode()
        assert "跨省通办全国专区" in zone
        assert "进入各省平台" in zone
        assert 'href="/sign-in' not in zone
        guide = client.get("/items/QH2020-2-48").content.decode()
        assert "全国专区不收申请" in guide
        assert client.get("/apply/QH2020-2-48").status_code == 409
    finally:
        config.use(here)
