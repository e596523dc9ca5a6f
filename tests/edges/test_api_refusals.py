"""Every refusal of the transport itself: one form, two languages, nothing undocumented."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.test import Client

from tongban.kernel.problems import PROBLEMS

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def test_an_unknown_address_is_a_problem_document_in_chinese() -> None:
    answer = Client().get("/api/v1/nowhere")
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert body["code"] == "request.not_found"
    assert body["title"] == PROBLEMS["request.not_found"].title
    assert body["whose"] == "caller"
    assert answer["Content-Language"] == "zh-CN"
    assert "Cookie" not in answer.get("Vary", "")


def test_english_is_spoken_to_those_who_ask_for_it() -> None:
    answer = Client().get("/api/v1/nowhere", headers={"Accept-Language": "en-GB, zh;q=0.5"})
    assert answer.json()["title"] == PROBLEMS["request.not_found"].title_en
    assert answer["Content-Language"] == "en"


def test_instance_is_the_request_id_of_the_header() -> None:
    answer = Client().get("/api/v1/nowhere")
    assert answer.json()["instance"] == f"urn:uuid:{UUID(answer['X-Request-Id'])}"


def test_a_method_that_is_not_there_names_those_that_are() -> None:
    answer = Client().delete("/api/v1/items")
    assert (answer.status_code, answer["Content-Type"], answer["Allow"]) == (405, PROBLEM, "GET")


@pytest.mark.parametrize("token", [None, "Bearer", "Bearer x", "Basic dGI6", "Bearer tb_aaaaaaaaaaaa_" + "a" * 43])
def test_no_usable_token_is_401_with_a_challenge(token: str | None) -> None:
    headers = {"Authorization": token} if token else {}
    answer = Client().get("/api/v1/filings", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "request.unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_too_long_a_body_is_refused_before_it_is_read() -> None:
    answer = Client().post("/api/v1/filings", data=b" " * 300_000, content_type="application/json")
    assert (answer.status_code, answer.json()["params"]["limit"]) == (413, 262144)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "nonsense=1", "q=%00", "q=%ff"]
)
def test_a_query_parameter_that_is_not_right_is_named(query: str) -> None:
    answer = Client().get(f"/api/v1/items?{query}")
    name = query.partition("=")[0]
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [f"?{name}"]


def test_a_cursor_of_somebody_elses_making_is_refused() -> None:
    answer = Client().get("/api/v1/items?cursor=eyJhIjoxfQ")
    assert (answer.status_code, answer.json()["params"]["reason"]) == (400, "bad_cursor")


def test_the_type_of_every_problem_resolves_to_its_page() -> None:
    listed = Client().get("/api/v1/problems").json()["problems"]
    assert {entry["code"] for entry in listed} == set(PROBLEMS)
    for entry in listed:
        path = "/api/v1/" + entry["type"].partition("/api/v1/")[2]
        page = Client().get(path)
        assert page.json() == entry
        assert page.json()["remedy"] and page.json()["remedy_en"]


def test_no_answer_of_the_api_sets_a_cookie_or_varies_by_one() -> None:
    for path in ("/api/v1/problems", "/api/v1/filings", "/api/v1/openapi.json", "/livez"):
        answer = Client().get(path)
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_the_description_is_openapi_3_1_and_names_a_scope_for_every_protected_endpoint() -> None:
    answer = Client().get("/api/v1/openapi.json")
    document = json.loads(answer.content)
    assert document["openapi"].startswith("3.1")
    scopes = set(document["components"]["securitySchemes"]["Bearer"]["x-scopes"])
    for operations in document["paths"].values():
        for operation in operations.values():
            for requirement in operation.get("security", []):
                assert set(requirement["Bearer"]) <= scopes
    again = Client().get("/api/v1/openapi.json", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_scopes_described_are_the_scopes_that_tokens_can_have() -> None:
    from tongban.api.scopes import DESCRIPTIONS
    from tongban.identity.rules.tokens import Scope

    assert {str(scope) for scope in DESCRIPTIONS} == {str(scope) for scope in Scope}
