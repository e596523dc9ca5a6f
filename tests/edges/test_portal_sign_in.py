"""Signing in by the browser: sessions, cookies, forms, where one is sent; who looked at my data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from tests.signing_in import signed_in_as

from tongban.config import config
from tongban.identity import actions, providers, queries
from tongban.identity.adapters.demo import DemoSignIn
from tongban.identity.demo_people import ISSUER, demo_people
from tongban.identity.loading import load_demo
from tongban.identity.sessions import LONGEST
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo() -> Iterator[None]:
    clock.set_offset(timedelta())
    before = providers.current()
    here = config().node_id
    providers.install(DemoSignIn(tuple(p for p in demo_people() if p.may_sign_in_at(here)), b"key"))
    load_demo(here)
    yield
    providers.install(before)
    clock.set_offset(timedelta())


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def form_of(browser: Client, path: str = "/sign-in") -> dict[str, str]:
    """The hidden fields of the page's main form."""
    page = browser.get(path).content.decode()
    main = page[page.index('<main id="main"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', main))


def enter(browser: Client, person: str = "li-mei", path: str = "/sign-in", **changes: str):  # type: ignore[no-untyped-def]
    return browser.post("/sign-in", {**form_of(browser, path), "person": person, **changes})


def actor_ref(browser: Client) -> str | None:
    response = browser.get("/sign-out")
    return response.wsgi_request.actor.ref if response.wsgi_request.actor else None


def test_the_page_says_that_nobody_here_is_real_and_offers_this_nodes_people_by_role(browser: Client) -> None:
    page = browser.get("/sign-in").content.decode()
    assert "演示环境，人物均为虚构" in page
    assert page.index("李梅") < page.index("窗口收件人员") < page.index("王芳") < page.index("审批人员")
    assert "陈强" not in page  # a reviewer of Qinghai
    assert "154" + "0000" not in page  # no numbers on a public page
    assert re.search(r"\d{17}[\dX]", page) is None


def test_signing_in_returns_to_the_page_one_came_from(browser: Client) -> None:
    response = enter(browser, path="/sign-in?next=/items%3Fq%3D%E9%A9%BE%E9%A9%B6")
    assert (response.status_code, response["Location"]) == (303, "/items?q=%E9%A9%BE%E9%A9%B6")
    assert actor_ref(browser) == "applicant:demo:li-mei"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_sends_nobody_to_another_site(browser: Client, evil: str) -> None:
    response = enter(browser, next=evil)
    assert response.status_code == 303
    assert response["Location"].startswith("/")
    assert "evil" not in response["Location"]


def test_a_form_from_another_site_signs_nobody_in(browser: Client) -> None:
    fields = form_of(browser)
    fields.pop("csrfmiddlewaretoken")
    response = browser.post("/sign-in", {**fields, "person": "li-mei"})
    assert response.status_code == 403
    assert actor_ref(browser) is None


def test_the_session_gets_a_new_key_at_sign_in_and_the_old_key_opens_nothing(browser: Client) -> None:
    session = browser.session
    session["large_print"] = True
    session.save()
    before = session.session_key
    browser.cookies[settings.SESSION_COOKIE_NAME] = before
    enter(browser)
    after = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert browser.session["large_print"] is True


def test_another_person_at_the_same_browser_finds_nothing_of_the_first(browser: Client) -> None:
    enter(browser)
    session = browser.session
    session["draft_of_the_first"] = "x"
    session.save()
    enter(browser, "zhou-tao")
    assert actor_ref(browser) == "applicant:demo:zhou-tao"
    assert "draft_of_the_first" not in browser.session


def test_cookies_are_out_of_reach_of_scripts_and_named_after_the_node(browser: Client) -> None:
    enter(browser)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert config().node_id in name
        cookie = browser.cookies[name]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert bool(cookie["secure"]) == config().base_url.startswith("https://")


def test_the_same_form_sent_twice_signs_in_once_and_a_double_click_does_no_harm(browser: Client) -> None:
    fields = {**form_of(browser), "person": "li-mei"}
    assert browser.post("/sign-in", fields).status_code == 303
    fields["csrfmiddlewaretoken"] = form_of(browser)["csrfmiddlewaretoken"]
    assert browser.post("/sign-in", fields).status_code == 303  # the same person, the same ticket
    person = queries.person_id(ISSUER, "li-mei")
    assert person is not None
    assert [f.name for f in journal.facts("person", person)].count("identity.person_signed_in") == 1
    other = Client(enforce_csrf_checks=True)
    stolen = {**fields, "csrfmiddlewaretoken": form_of(other)["csrfmiddlewaretoken"]}
    refused = other.post("/sign-in", stolen)
    assert refused.status_code == 401
    assert "这次登录已经用过" in refused.content.decode()
    assert actor_ref(other) is None


def test_a_page_left_open_for_long_gives_a_fresh_choice_instead_of_an_error(browser: Client) -> None:
    fields = form_of(browser)
    clock.set_offset(timedelta(minutes=11))
    late = browser.post("/sign-in", {**fields, "person": "li-mei"})
    assert late.status_code == 401
    assert "请再选择一次" in late.content.decode()
    assert enter(browser).status_code == 303


def test_nobody_signs_in_as_staff_of_another_place(browser: Client) -> None:
    response = enter(browser, "chen-qiang")
    assert response.status_code == 401
    assert actor_ref(browser) is None


def test_signing_out_throws_the_session_away(browser: Client) -> None:
    enter(browser)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert browser.get("/sign-out").status_code == 200
    assert actor_ref(browser) == "applicant:demo:li-mei"  # a link from elsewhere signs nobody out
    response = browser.post("/sign-out", form_of(browser, "/sign-out"))
    assert (response.status_code, response["Location"]) == (303, "/")
    assert not Session.objects.filter(session_key=key).exists()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    assert actor_ref(browser) is None


def test_a_session_ends_after_half_a_day_and_when_the_last_post_is_taken_away(browser: Client) -> None:
    signed_in_as(browser, "wang-fang")
    assert actor_ref(browser) == "staff:demo:wang-fang"
    clock.set_offset(LONGEST)
    assert actor_ref(browser) is None
    clock.set_offset(timedelta())
    operator = queries.actor_of(ISSUER, "liang-wei")
    actions.assign_posts(Act(operator, clock.now()), queries.person_id(ISSUER, "wang-fang"), [])
    assert actor_ref(browser) is None


def test_a_visitor_without_a_session_costs_the_database_nothing(
    browser: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        browser.get("/sign-out")


def test_where_no_provider_is_installed_the_page_says_so(browser: Client) -> None:
    providers.install(None)
    response = browser.get("/sign-in")
    assert response.status_code == 503
    assert "还没有接入身份认证" in response.content.decode()


# --- 谁看过我的信息 -------------------------------------------------------------------------------------------------
def test_only_the_person_sees_who_looked_at_their_data(browser: Client) -> None:
    assert browser.get("/accesses")["Location"] == "/sign-in?next=%2Faccesses"
    clerk = queries.actor_of(ISSUER, "wang-fang")
    actions.record_access(Act(clerk, clock.now()), "applicant:demo:li-mei", "intake", ("answers", "id_number"))
    signed_in_as(browser, "li-mei")
    page = browser.get("/accesses").content.decode()
    assert "窗口收件人员" in page
    assert "窗口收件" in page
    assert "申请表、身份证号码" in page
    actions.record_access(Act(clerk, clock.now()), f"filing:{new_id()}", "window", ("answers",))  # nobody's here
    assert "窗口代收代办" not in browser.get("/accesses").content.decode()
    signed_in_as(browser, "zhou-tao")
    assert "还没有人看过您的信息" in browser.get("/accesses").content.decode()


def test_many_looks_are_shown_page_by_page_without_gaps(browser: Client) -> None:
    clerk = queries.actor_of(ISSUER, "wang-fang")
    noon = clock.now()
    for minute in reversed(range(30)):
        at = noon - timedelta(minutes=minute // 3)  # several in the same instant
        actions.record_access(Act(clerk, at), "applicant:demo:li-mei", "review", (f"f{minute}",))
    signed_in_as(browser, "li-mei")
    first = browser.get("/accesses").content.decode()
    following = re.search(r'href="(/accesses\?before=[^"]+)" rel="next"', first)
    assert following is not None
    second = browser.get(following[1].replace("&amp;", "&")).content.decode()
    shown = re.findall(r"<dd>f(\d+)</dd>", first + second)
    assert sorted(map(int, shown)) == list(range(30))
    for nonsense in ("yesterday", "01a2037e-d8f8-7e9a-aaa2-2f99107e1042", "%00"):
        assert "<dd>f0</dd>" in browser.get(f"/accesses?before={nonsense}").content.decode()


def test_ended_sessions_are_thrown_away_and_running_ones_are_not(browser: Client) -> None:
    from datetime import UTC, datetime

    from tongban.identity.reactions import clear_ended_sessions

    signed_in_as(browser, "li-mei")
    ended = browser.session.session_key
    Session.objects.filter(session_key=ended).update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    other = Client()
    signed_in_as(other, "zhou-tao")
    clear_ended_sessions()
    assert [s.session_key for s in Session.objects.all()] == [other.session.session_key]


@pytest.mark.parametrize(
    ("subject", "start"),
    [
        ("he-jing", "/desk/items"), ("liang-wei", "/ops/exchange"), ("wang-fang", "/desk"),
        ("li-mei", "/my/"),
    ],
)  # fmt: skip
def test_each_role_begins_at_its_own_page(subject: str, start: str, browser: Client) -> None:
    response = enter(browser, person=subject)
    assert (response.status_code, response["Location"]) == (303, start)
