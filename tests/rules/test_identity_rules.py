"""Levels, who may act for whom, tokens, tickets, and where a browser may be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.identity.policy import refuse_managing, refuse_revoking
from tongban.identity.rules.levels import Level, level_of_session, refuse_below
from tongban.identity.rules.returning import safe_next
from tongban.identity.rules.tickets import LIFE, fingerprint, new_ticket, open_ticket
from tongban.identity.rules.tokens import (
    LONGEST_LIFE,
    Scope,
    checked_expiry,
    checked_scopes,
    digest_of,
    is_usable,
    new_token,
    parse_token,
    same_digest,
    token_of_header,
)
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Actor, ActorKind, Post, Role, system
from tongban.kernel.problems import Refusal

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = b"k" * 32


def staff(*roles: Role) -> Actor:
    posts = tuple(Post(role, "440305") for role in roles)
    return Actor(ActorKind.STAFF, "demo", "wang-fang", NodeId("44"), posts, level=4)


LI_MEI = Actor(ActorKind.APPLICANT, "demo", "li-mei", NodeId("44"), level=3)


@given(st.integers(1, 4), st.integers(1, 4))
def test_a_level_suffices_exactly_when_it_is_not_below_what_is_needed(level: int, needed: int) -> None:
    refusal = refuse_below(level, needed)
    assert (refusal is None) == (level >= needed)
    if refusal:
        assert (refusal.code, refusal.params) == ("permission.level_too_low", {"level": level, "needed": needed})


@given(st.integers(0, 4), st.integers(1, 4))
def test_a_session_never_claims_more_than_was_proven_at_its_sign_in(assured: int, highest: int) -> None:
    level = level_of_session(assured, highest)
    assert Level.MOBILE <= level <= max(assured, Level.MOBILE)
    assert level <= highest


@pytest.mark.parametrize("role", list(Role))
def test_of_all_staff_only_an_operator_manages_people_and_tokens(role: Role) -> None:
    assert (refuse_managing(staff(role)) is None) == (role == Role.OPERATOR)
    assert refuse_managing(system(NodeId("44"))) is None
    assert refuse_managing(LI_MEI) == Refusal("permission.denied")
    assert refuse_revoking(LI_MEI, LI_MEI.ref) is None
    assert refuse_revoking(LI_MEI, "applicant:demo:zhou-tao") == Refusal("permission.denied")


def test_a_token_is_known_by_its_id_and_proven_by_its_secret() -> None:
    one, other = new_token(), new_token()
    assert parse_token(one.text) == (one.id, one.digest)
    assert not same_digest(one.digest, other.digest)
    assert one.text not in repr(one)
    assert one.digest == digest_of(one.text.rpartition(one.id + "_")[2])


@given(st.text(max_size=80))
def test_nothing_else_is_taken_for_a_token(text: str) -> None:
    assert parse_token(text) is None
    with pytest.raises(Refusal) as refused:
        token_of_header(f"Bearer {text}")
    assert refused.value.code == "request.unauthenticated"


def test_a_token_is_read_from_a_bearer_header_and_from_no_other_scheme() -> None:
    token = new_token().text
    assert token_of_header(f"Bearer {token}") == token_of_header(f"bearer  {token} ") == token
    for header in (f"Basic {token}", token, "", "Bearer"):
        with pytest.raises(Refusal):
            token_of_header(header)


def test_unknown_or_no_scopes_are_refused() -> None:
    assert checked_scopes(["filings:write", "filings:read", "filings:read"]) == ("filings:read", "filings:write")
    assert checked_scopes(list(Scope)) == tuple(sorted(str(s) for s in Scope))
    for bad, fault in ((["cases:own"], "unknown"), ([], "missing")):
        with pytest.raises(Refusal) as refused:
            checked_scopes(bad)
        assert refused.value.fields == {"scopes": fault}


@given(st.timedeltas(min_value=-LONGEST_LIFE, max_value=2 * LONGEST_LIFE))
def test_a_token_ends_in_the_future_and_within_a_year(life: timedelta) -> None:
    if timedelta(0) < life <= LONGEST_LIFE:
        assert checked_expiry(AT, AT + life) == AT + life
    else:
        with pytest.raises(Refusal):
            checked_expiry(AT, AT + life)


def test_an_expired_or_revoked_token_is_not_usable() -> None:
    later = AT + timedelta(days=1)
    assert is_usable(AT, later, None)
    assert not is_usable(later, later, None)
    assert not is_usable(AT, later, AT)


def test_a_ticket_opens_until_its_end_and_only_under_its_own_key() -> None:
    ticket = new_ticket(KEY, AT)
    assert open_ticket(KEY, ticket, AT) == AT + LIFE
    assert open_ticket(KEY, ticket, AT + LIFE) is None
    assert open_ticket(b"x" * 32, ticket, AT) is None
    assert new_ticket(KEY, AT) != ticket
    assert fingerprint(ticket) != fingerprint(new_ticket(KEY, AT))


@given(st.text(max_size=120))
def test_no_text_is_a_ticket_unless_this_node_made_it(text: str) -> None:
    assert open_ticket(KEY, text, AT) is None


def test_a_ticket_cannot_be_made_to_live_longer() -> None:
    ends, nonce, mac = new_ticket(KEY, AT).split(".")
    assert open_ticket(KEY, f"{int(ends) + 60}.{nonce}.{mac}", AT) is None


@pytest.mark.parametrize("path", ["/", "/my", "/apply/0190?step=2&x=%2F", "/items?q=%E9%A9%BE%E9%A9%B6"])
def test_a_visitor_returns_to_where_they_were(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "my", "",
     None, "/\t/evil.example", " /my", "/my\r\nSet-Cookie: a=b", "/sign-in?next=/sign-in", "/sign-out",
     "///evil.example",
     "/" + "a" * 2001],
)  # fmt: skip
def test_nobody_is_sent_to_another_site_after_signing_in(path: str | None) -> None:
    assert safe_next(path) == "/"


@given(st.text(max_size=60))
def test_whatever_next_says_the_browser_stays_on_this_site(path: str) -> None:
    target = safe_next(path)
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert "\\" not in target
