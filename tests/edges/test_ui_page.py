"""The page decorator: audiences, the read-only guard, headers, preferences, refusals."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import get_resolver

from tongban.kernel.ids import NodeId
from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal
from tongban.ui import page as pages
from tongban.ui.middleware import POLICY
from tongban.ui.page import APPLICANT, CLERK, PUBLIC, REVIEWER, ROUTES


def actor(kind: ActorKind = ActorKind.STAFF, *roles: Role) -> Actor:
    return Actor(kind, "demo", "x", NodeId("44"), tuple(Post(role, "440000") for role in roles), 3)


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "zh-CN"})


def test_every_page_of_the_site_is_registered_with_an_audience() -> None:
    get_resolver().url_patterns  # noqa: B018 - loads them
    assert {"home", "search", "items", "item", "apply", "my", "my_case", "help"} <= set(ROUTES)
    assert all(route.audience for route in ROUTES.values())
    for route in ROUTES.values():
        assert ("POST" in route.methods) == route.writes


def test_a_page_without_an_audience_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="no audience"):
        pages.page("nowhere", audience=set(), name="nowhere")


def test_posts_decide_which_audiences_somebody_belongs_to() -> None:
    assert pages.audiences_of(None) == {PUBLIC}
    assert pages.audiences_of(actor(ActorKind.APPLICANT)) == {PUBLIC, APPLICANT}
    assert pages.audiences_of(actor(ActorKind.STAFF, Role.CLERK)) == {PUBLIC, CLERK}
    assert pages.audiences_of(actor(ActorKind.STAFF, Role.CLERK, Role.REVIEWER)) == {PUBLIC, CLERK, REVIEWER}


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/my/?cursor=a")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=%2Fmy%2F%3Fcursor%3Da"


def test_somebody_of_another_role_is_refused(rf: RequestFactory) -> None:
    request = rf.get("/my/")
    request.actor = actor(ActorKind.STAFF, Role.REVIEWER)  # type: ignore[attr-defined]
    assert ROUTES["my"].view(request).status_code == 403


def test_a_reading_page_answers_no_posts(client: Client) -> None:
    answer = client.post("/help")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO cases_filing (id) VALUES (1)",
        'UPDATE "cases_filing" SET status = 1',
        "WITH x AS (SELECT 1) DELETE FROM cases_case",
    ],
)
def test_a_page_that_promised_to_read_cannot_change_business_tables(statement: str) -> None:
    with pytest.raises(pages.WroteOnReadPage), pages.reading_only(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_reading_page_may_read_and_lock() -> None:
    with pages.reading_only(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FOR UPDATE")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("address", ["/help", "/nowhere", "/theme/x.css"])
def test_every_answer_carries_the_security_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_request_beyond_the_upload_limit_is_refused_unread(client: Client) -> None:
    answer = client.post("/preferences", b"x", content_type="text/plain", CONTENT_LENGTH=str(64 << 20))
    assert answer.status_code == 413
    assert "内容过大" in answer.content.decode()


def test_reading_aids_are_remembered_and_lead_back(client: Client) -> None:
    answer = client.post("/preferences", {"size": "large", "contrast": "high", "next": "/help"})
    assert (answer.status_code, answer["Location"]) == (303, "/help")
    shown = client.get("/help").content.decode()
    assert 'data-size="large"' in shown
    assert 'data-contrast="high"' in shown


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_preferences_never_lead_elsewhere(client: Client, target: str) -> None:
    assert client.post("/preferences", {"size": "large", "next": target})["Location"] == "/"


def test_the_language_is_one_press_away_and_marked(client: Client) -> None:
    assert '<html lang="zh-CN"' in client.get("/help").content.decode()
    client.post("/preferences", {"lang": "en", "next": "/help"})
    assert '<html lang="en"' in client.get("/help").content.decode()


def test_a_form_without_its_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/preferences", {"size": "large"})
    assert answer.status_code == 403
    assert "request.form_expired" in answer.content.decode()


def test_a_refusal_is_a_page_with_its_status_and_remedy(rf: RequestFactory) -> None:
    answer = pages.refusal_page(rf.get("/"), Refusal("state.stale"))
    assert answer.status_code == 412
    assert "请刷新后在最新内容上操作" in answer.content.decode()


@pytest.mark.parametrize("address", ["/help", "/accessibility"])
def test_what_htmx_gets_is_the_same_page(client: Client, address: str) -> None:
    def without_token(content: bytes) -> str:
        import re

        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", content.decode())

    plain = client.get(address).content
    swapped = client.get(address, headers={"HX-Request": "true"}).content
    assert without_token(plain) == without_token(swapped)


def chrome_of(rf: RequestFactory, someone: Actor) -> tuple[bool, list[str]]:
    from tongban.ui.context import chrome

    request = rf.get("/")
    request.actor = someone  # type: ignore[attr-defined]
    context = chrome(request)
    return context["is_staff"], [link.name for link in context["nav"]]


@pytest.mark.parametrize(
    ("role", "desk"),
    [(Role.OPERATOR, "ops_exchange"), (Role.ITEM_MANAGER, "desk_items"), (Role.REVIEWER, "desk"), (Role.CLERK, "desk")],
)
def test_staff_are_greeted_as_staff_and_see_their_desk_not_my_cases(rf: RequestFactory, role: Role, desk: str) -> None:
    is_staff, names = chrome_of(rf, actor(ActorKind.STAFF, role))
    assert is_staff
    assert desk in names
    assert "my" not in names


def test_an_applicant_sees_my_cases_and_no_desk(rf: RequestFactory) -> None:
    is_staff, names = chrome_of(rf, actor(ActorKind.APPLICANT))
    assert not is_staff
    assert "my" in names
    assert not {"desk", "ops_exchange", "desk_items"} & set(names)
