"""A reviewer's steps through the API: the queue, one case, each step with the version seen, refusals in words."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.edges.made import a_case
from tests.loaded_node import token_of

from tongban.identity.models import AccessRecord
from tongban.journal.queries import facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
SCOPES = ("cases:read", "cases:write")


@pytest.fixture
def reviewer() -> str:
    return token_of("huang-zhiqiang", *SCOPES)


@pytest.fixture
def case(reviewer: str) -> str:
    """The address of a case that has just been received."""
    return "/api/v1/cases/" + a_case(token_of("li-mei", "filings:read", "filings:write"), reviewer)


def get(path: str, token: str) -> HttpResponse:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})  # type: ignore[return-value]


def step(path: str, token: str, body: Any = None, etag: str | None = None) -> HttpResponse:
    etag = etag or get(path.rpartition("/")[0], token).headers.get("ETag", '"1"')
    return Client().post(  # type: ignore[return-value]
        path,
        data="" if body is None else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "If-Match": etag},
    )


def possible(answer: HttpResponse) -> set[str]:
    return {s["step"] for s in answer.json()["possible_steps"] if s["possible"]}


def test_a_case_goes_from_received_to_granted_by_the_steps_it_names(case: str, reviewer: str) -> None:
    seen = get(case, reviewer)
    assert seen.json()["status"] == "received"
    assert {"accept", "not_accept", "request_correction"} <= possible(seen)
    accepted = step(f"{case}/accept", reviewer)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert {"grant", "deny"} <= possible(accepted)
    ended = step(f"{case}/grant", reviewer, {"number": "A-1", "valid_until": "2020-01-31"}, accepted["ETag"])
    assert (ended.status_code, ended.json()["errors"][0]["field"]) == (422, "/valid_until")
    granted = step(f"{case}/grant", reviewer, {"number": "A-1", "valid_until": "2030-01-31"}, accepted["ETag"])
    assert (granted.status_code, granted.json()["status"]) == (200, "granted")
    assert granted.json()["result"]["number"] == "A-1"
    assert granted.json()["result"]["valid_until"] == "2030-01-31"


def test_a_step_that_is_not_possible_now_is_refused_and_changes_nothing(case: str, reviewer: str) -> None:
    etag = get(case, reviewer)["ETag"]
    case_id = UUID(case.rpartition("/")[2])
    before = len(facts("case", case_id))
    answer = step(f"{case}/grant", reviewer, {}, etag)
    assert (answer.status_code, answer.json()["whose"]) == (409, "state")
    assert get(case, reviewer)["ETag"] == etag
    assert len(facts("case", case_id)) == before


def test_a_case_that_somebody_else_changed_is_not_decided_on_the_old_view(case: str, reviewer: str) -> None:
    old = get(case, reviewer)["ETag"]
    step(f"{case}/accept", reviewer)
    answer = step(f"{case}/grant", reviewer, {}, old)
    assert (answer.status_code, answer.json()["code"]) == (412, "state.stale")
    assert get(case, reviewer).json()["status"] == "accepted"


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("not-accept", {"reasons": {}}, 422),
        ("not-accept", {}, 422),
        ("not-accept", {"reasons": {"out_of_scope": ""}}, 422),
        ("not-accept", {"reasons": {"out_of_mind": "无此理由"}}, 422),
        ("correction", {"points": []}, 422),
        ("correction", {"points": [{"key": "a", "target": "answer:mobile", "code": "odd", "text": "x"}]}, 422),
        ("correction", {"points": [{"key": "a", "target": "answer:mobile", "code": "wrong"}]}, 422),
        ("grant", {"valid_until": "2030-02-30"}, 422),
        ("grant", {"valid_until": 20300131}, 422),
        ("grant", {"surprise": 1}, 422),
    ],
)
def test_a_step_with_wrong_input_is_refused(case: str, reviewer: str, name: str, body: Any, status: int) -> None:
    before = get(case, reviewer)["ETag"]
    answer = step(f"{case}/{name}", reviewer, body)
    assert answer.status_code == status, answer.content.decode()
    assert get(case, reviewer)["ETag"] == before


def test_a_correction_names_its_points_and_the_applicant_can_answer_them(case: str, reviewer: str) -> None:
    from tongban.journal import worker

    point = {"key": "p1", "target": "answer:last_employer", "code": "mismatch", "text": "请填写原单位"}
    asked = step(f"{case}/correction", reviewer, {"points": [point]})
    assert (asked.status_code, asked.json()["status"]) == (200, "correction")
    worker.drain()
    applicant = token_of("li-mei", "filings:read", "filings:write")
    filing = f"/api/v1/filings/{asked.json()['filing_id']}"
    seen = get(filing, applicant)
    assert [p["key"] for c in seen.json()["corrections"] for p in c["points"]] == ["p1"]
    answers = {**seen.json()["answers"], "last_employer": "某运输公司"}
    missing = step(f"{filing}/correction-answers", applicant, {"answers": answers, "points": {}})
    assert (missing.status_code, missing.json()["code"]) == (422, "state.correction_answers_missing")
    done = step(f"{filing}/correction-answers", applicant, {"answers": answers, "points": {"p1": "已补"}})
    assert (done.status_code, done.json()["revision"]) == (200, 2)


def test_every_reading_of_a_case_is_recorded_with_the_client_it_came_through(case: str, reviewer: str) -> None:
    before = AccessRecord.objects.count()
    get(case, reviewer)
    records = AccessRecord.objects.order_by("recorded_at")[before:]
    assert [record.client is not None for record in records] == [True]


def test_the_answer_to_a_step_discloses_the_case_and_is_recorded_as_a_look(case: str, reviewer: str) -> None:
    before = AccessRecord.objects.count()
    accepted = step(f"{case}/accept", reviewer, etag='"1"')
    assert (accepted.status_code, accepted.json()["applicant"]["name"]) == (200, "李梅")
    (look,) = AccessRecord.objects.order_by("recorded_at")[before:]
    assert (look.case_ref, look.purpose) == (f"case:{case.rpartition('/')[2]}", "review")


@pytest.mark.parametrize("subject", ["wang-fang", "lin-hai", "li-mei", ""])
def test_a_clerk_another_department_an_applicant_and_a_bare_client_neither_see_nor_decide(
    case: str, reviewer: str, subject: str
) -> None:
    before = get(case, reviewer)["ETag"]
    token = token_of(subject, *SCOPES)
    assert get(case, token).status_code in (403, 404)
    assert step(f"{case}/accept", token, etag=before).status_code in (403, 404)
    assert get(case, reviewer)["ETag"] == before


def test_the_queue_is_empty_for_other_departments(case: str) -> None:
    assert get("/api/v1/cases", token_of("lin-hai", *SCOPES)).json()["cases"] == []


def test_a_part_that_is_not_there_is_404(reviewer: str) -> None:
    assert get("/api/v1/parts", reviewer).json() == {"parts": [], "next": None}
    path = "/api/v1/parts/01a20388-0000-7000-8000-000000000000"
    assert get(path, reviewer).status_code == 404
    assert step(f"{path}/complete", reviewer, {}, '"1"').status_code == 404


def test_me_says_who_and_what_for(reviewer: str) -> None:
    me = get("/api/v1/me", reviewer).json()
    assert (me["kind"], me["scopes"]) == ("staff", sorted(SCOPES))
    assert {post["role"] for post in me["posts"]} == {"reviewer"}
    assert "name" not in me
