"""Signing in by a provider's word; tokens; what is refused."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import timedelta

import pytest

from tongban import config as configuration
from tongban.config import DEMO_ROOT_FINGERPRINT
from tongban.identity import actions, queries, tokens
from tongban.identity.adapters.demo import DemoSignIn, DemoSignInRefused, demo_sign_in
from tongban.identity.demo_people import ISSUER, demo_people, demo_person
from tongban.identity.loading import load_demo
from tongban.identity.models import ApiClient, OneTimeTicket, Person, Token
from tongban.identity.ports import Identity
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, ActorKind, system
from tongban.kernel.problems import Refusal
from tongban.ops.commands import tokens as command

pytestmark = pytest.mark.django_db

HERE = NodeId("44")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    clock.set_offset(timedelta())
    tokens.forget()


def node_act() -> Act:
    return Act(system(HERE), clock.now())


def word(person: str = "li-mei", ticket: str = "ticket-1", **changes: object) -> Identity:
    identity = demo_person(person).identity(ticket, clock.now() + timedelta(minutes=1))
    return replace(identity, **changes)  # type: ignore[arg-type]


# --- the demo's provider --------------------------------------------------------------------------------------------
def provider() -> DemoSignIn:
    return DemoSignIn(tuple(p for p in demo_people() if p.may_sign_in_at(HERE)), b"key")


def test_the_demo_provider_starts_under_the_demo_root_only() -> None:
    cfg = configuration.config()
    at_home = replace(cfg, demo=True, root_fingerprint=DEMO_ROOT_FINGERPRINT)
    assert demo_sign_in(at_home) is not None
    with pytest.raises(DemoSignInRefused, match="not the demo's"):
        demo_sign_in(replace(cfg, demo=True, root_fingerprint="sha-256:" + "0" * 64))
    assert demo_sign_in(replace(cfg, demo=False, root_fingerprint=DEMO_ROOT_FINGERPRINT)) is None
    with pytest.raises(DemoSignInRefused):
        DemoSignIn.of(replace(cfg, demo=False, root_fingerprint=DEMO_ROOT_FINGERPRINT), demo_people())


def test_the_demo_provider_offers_the_people_of_this_node_only() -> None:
    offered = {choice.subject for choice in provider().choices()}
    assert {"li-mei", "wang-fang"} <= offered
    assert "chen-qiang" not in offered


@pytest.mark.parametrize(
    ("data", "reason"),
    [({"person": "li-mei"}, "ticket_expired"), ({"person": "li-mei", "ticket": "1.2.3"}, "ticket_expired")],
)
def test_the_demo_provider_believes_no_ticket_but_its_own(data: dict[str, str], reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        provider().authenticate(data, clock.now())
    assert refused.value.params == {"reason": reason}


def test_the_demo_provider_knows_nobody_from_elsewhere() -> None:
    ticket = provider().new_ticket(clock.now())
    assert provider().authenticate({"person": "li-mei", "ticket": ticket}, clock.now()).subject == "li-mei"
    with pytest.raises(Refusal):
        provider().authenticate({"person": "chen-qiang", "ticket": ticket}, clock.now())


# --- signing in -----------------------------------------------------------------------------------------------------
@pytest.mark.req("R-170")
def test_a_person_of_another_provinces_provider_is_enrolled_at_the_first_sign_in_with_its_level() -> None:
    actor = actions.sign_in(node_act(), word(issuer="63-idp", subject="x1", level=2))
    assert (actor.ref, actor.level, actor.node) == ("applicant:63-idp:x1", 2, "44")
    person = Person.objects.get(issuer="63-idp", subject="x1")
    assert [f.name for f in journal.facts("person", person.id)] == [
        "identity.person_enrolled",
        "identity.person_signed_in",
    ]
    again = actions.sign_in(node_act(), word(issuer="63-idp", subject="x1", level=2, ticket="ticket-2"))
    assert again.ref == actor.ref
    assert Person.objects.count() == 1


def test_the_same_word_signs_in_once() -> None:
    actions.sign_in(node_act(), word())
    with pytest.raises(Refusal) as refused:
        actions.sign_in(node_act(), word())
    assert refused.value.params["reason"] == "ticket_used"
    assert len(journal.facts("person", Person.objects.get().id)) == 2


def test_a_word_that_came_too_late_signs_nobody_in() -> None:
    late = word(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(Refusal) as refused:
        actions.sign_in(node_act(), late)
    assert refused.value.params["reason"] == "ticket_expired"
    assert not Person.objects.exists()


def test_used_tickets_are_forgotten_when_they_would_have_ended_anyway() -> None:
    actions.sign_in(node_act(), word())
    clock.set_offset(timedelta(minutes=2))
    actions.sign_in(node_act(), word(ticket="ticket-2"))
    assert OneTimeTicket.objects.count() == 1


def test_nobody_becomes_staff_by_a_providers_word_alone() -> None:
    with pytest.raises(Refusal) as refused:
        actions.sign_in(node_act(), word("wang-fang"))
    assert refused.value.params["reason"] == "not_staff_here"
    load_demo(HERE)
    assert actions.sign_in(node_act(), word("wang-fang")).kind == ActorKind.STAFF
    with pytest.raises(Refusal):
        actions.sign_in(node_act(), word("li-mei", kind=ActorKind.STAFF, ticket="ticket-3"))


def test_staff_who_lost_their_last_post_cannot_sign_in() -> None:
    ids = load_demo(HERE)
    actions.assign_posts(node_act(), ids["wang-fang"], [])
    with pytest.raises(Refusal) as refused:
        actions.sign_in(node_act(), word("wang-fang"))
    assert refused.value.params["reason"] == "no_post"


@pytest.mark.parametrize(
    "nonsense",
    [{"id_number": "630102198806159960"}, {"mobile": "12345"}, {"level": 7}, {"name": ""}, {"kind": ActorKind.CLOCK}],
)
def test_a_provider_that_asserts_nonsense_is_not_believed(nonsense: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        actions.sign_in(node_act(), word(**nonsense))
    assert not Person.objects.exists()
    assert not OneTimeTicket.objects.exists()


def test_a_weak_sign_in_does_not_borrow_the_strength_of_an_earlier_one() -> None:
    actions.sign_in(node_act(), word(level=3))
    assert actions.sign_in(node_act(), word(level=1, ticket="ticket-2")).level == 1
    assert queries.actor_of(ISSUER, "li-mei", level=1).level == 1
    assert queries.actor_of(ISSUER, "li-mei").level == 3


# --- tokens ---------------------------------------------------------------------------------------------------------
def token(*scopes: str, person: str | None = "li-mei", days: int = 30) -> actions.IssuedToken:
    load_demo(HERE)
    client = actions.register_client(node_act(), "交通厅业务系统")
    return actions.issue_token(
        node_act(), client, scopes or ("filings:read",), clock.now() + timedelta(days=days),
        person=(ISSUER, person) if person else None,
    )  # fmt: skip


def test_a_token_acts_for_its_person_through_its_client_with_its_scopes_only() -> None:
    view = tokens.authenticate(f"Bearer {token('filings:read').text}")
    client = ApiClient.objects.get()
    assert (view.actor.ref, view.actor.client) == ("applicant:demo:li-mei", str(client.id))
    view.require("filings:read")
    with pytest.raises(Refusal) as refused:
        view.require("filings:write")
    assert (refused.value.code, refused.value.params) == ("permission.scope_missing", {"scope": "filings:write"})


def test_a_token_of_staff_carries_the_posts_of_today() -> None:
    view = tokens.authenticate(f"Bearer {token('cases:read', person='lin-hai').text}")
    assert [(p.role, p.department, p.region) for p in view.actor.posts] == [("reviewer", "transport", "440300")]


def test_a_token_without_a_person_acts_as_the_client_itself() -> None:
    view = tokens.authenticate(f"Bearer {token(person=None).text}")
    assert view.actor.kind == ActorKind.CLIENT
    assert view.actor.posts == ()


def test_the_database_never_holds_the_tokens_secret() -> None:
    issued = token()
    row = Token.objects.get()
    secret = issued.text.split("_", 2)[2]
    assert secret not in str(vars(row))
    assert issued.text not in repr(issued)


def test_a_token_is_looked_up_by_one_query_and_then_remembered(django_assert_num_queries: object) -> None:
    text = token().text
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert tokens.client_by_token(text) == tokens.client_by_token(text)


def test_a_guessed_secret_behind_a_known_id_is_refused() -> None:
    known, other = token().text, token().text
    forged = "_".join([*known.split("_", 2)[:2], other.split("_", 2)[2]])
    with pytest.raises(Refusal) as refused:
        tokens.authenticate(f"Bearer {forged}")
    assert refused.value.code == "request.unauthenticated"


def test_an_operator_gives_a_system_a_token_by_command_sees_it_listed_and_ends_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "setup", configuration.config)
    monkeypatch.setenv("TONGBAN_HOME", str(configuration.config().home))  # no demo's, whatever runs in the checkout

    def told(*words: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        code = command.run(parser.parse_args(words))
        out = capsys.readouterr()
        return code, out.out + out.err

    load_demo(HERE)
    code, out = told("issue", "交通厅业务系统", "--scope", "filings:read", "--person", f"{ISSUER}:li-mei")
    text = out.splitlines()[0]
    assert code == 0
    assert tokens.authenticate(f"Bearer {text}").actor.ref == "applicant:demo:li-mei"
    listed = told()[1]
    assert f"交通厅业务系统  {ISSUER}:li-mei  filings:read" in listed
    assert text.split("_")[2] not in listed, "the secret is shown once"
    assert told("revoke", text.split("_")[1])[0] == 0
    assert tokens.client_by_token(text) is None
    assert "revoked" in told()[1]


@pytest.mark.parametrize(
    "words", [["--scope", "filings:all"], ["--scope", "filings:read", "--days", "400"],
              ["--scope", "filings:read", "--person", "demo:nobody"]]
)  # fmt: skip
def test_a_token_that_cannot_be_given_is_refused_in_words(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "setup", configuration.config)
    monkeypatch.setenv("TONGBAN_HOME", str(configuration.config().home))  # no demo's, whatever runs in the checkout
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    assert command.run(parser.parse_args(["issue", "交通厅业务系统", *words])) == 1
    assert capsys.readouterr().err.startswith("tongban tokens: ")


def test_a_revoked_token_is_refused_here_at_once_and_elsewhere_within_five_seconds() -> None:
    issued = token()
    assert tokens.client_by_token(issued.text) is not None
    actions.revoke_token(node_act(), issued.id)
    assert tokens.client_by_token(issued.text) is None
    assert tokens.REMEMBERED_SECONDS <= 5
    assert journal.facts("client", ApiClient.objects.get().id)[-1].name == "identity.token_revoked"


def test_another_process_stops_accepting_a_revoked_token_when_its_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = token()
    tick = [100.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: tick[0])
    assert tokens.client_by_token(issued.text) is not None
    Token.objects.update(revoked_at=clock.now())  # what the other process's database sees
    assert tokens.client_by_token(issued.text) is not None
    tick[0] += tokens.REMEMBERED_SECONDS + 0.01
    assert tokens.client_by_token(issued.text) is None


def test_a_token_ends_at_its_hour_even_while_remembered() -> None:
    issued = token(days=1)
    assert tokens.client_by_token(issued.text) is not None
    clock.set_offset(timedelta(days=1, seconds=1))
    assert tokens.client_by_token(issued.text) is None


def test_a_disabled_clients_tokens_are_refused() -> None:
    issued = token()
    ApiClient.objects.update(disabled_at=clock.now())
    assert tokens.client_by_token(issued.text) is None


def test_the_person_may_revoke_a_token_that_acts_for_them_and_others_may_not() -> None:
    issued = token()
    for subject in ("zhou-tao", "wang-fang"):
        with pytest.raises(Refusal):
            actions.revoke_token(Act(queries.actor_of(ISSUER, subject), clock.now()), issued.id)
    actions.revoke_token(Act(queries.actor_of(ISSUER, "li-mei"), clock.now()), issued.id)
    assert tokens.client_by_token(issued.text) is None


def test_only_an_operator_registers_clients_and_issues_tokens() -> None:
    load_demo(HERE)
    clerk = Act(queries.actor_of(ISSUER, "wang-fang"), clock.now())
    with pytest.raises(Refusal):
        actions.register_client(clerk, "x")
    client = actions.register_client(node_act(), "x")
    with pytest.raises(Refusal):
        actions.issue_token(clerk, client, ["filings:read"], clock.now() + timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        actions.issue_token(node_act(), client, ["filings:read"], clock.now() + timedelta(days=1), person=(ISSUER, "?"))
    assert refused.value.code == "request.not_found"
