"""A node changes its key while it works; the directory announces, ends and revokes keys; the past stays provable."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.slices.test_directory_trust import Nodes, _empty_tables

from tongban.directory import enrolling, installation, queries, reactions, rotating
from tongban.directory.rules.keys import OVERLAP, KeyStanding
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem

pytestmark = pytest.mark.django_db(transaction=True)


class Between:
    """What the directory publishes, handed to the province that asks; they share a database in this test alone."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes

    def fetch(self, address: str) -> bytes:
        return self.nodes.directory.trust_list_file.read_bytes()


@pytest.fixture(params=["EdDSA", "SM2-SM3"])
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Nodes]:
    """A directory and a province, enrolled, in the province's shoes. The new key is of the suite of the run."""
    made = Nodes(tmp_path)
    made.grant_all()
    installation.install(Between(made))
    made.be(made.directory)
    assert reactions.publish() == 1
    _empty_tables()
    made.be(made.province)
    enrolling.take_in(made.province, made.directory.trust_list_file.read_bytes(), _root(made), clock.now())
    reactions.adopt_file()
    made.suite = request.param  # type: ignore[attr-defined]
    yield made
    installation.install(None)
    clock.set_offset(timedelta())
    made.be(made.before)


def _root(nodes: Nodes) -> str:
    return nodes.root.public.fingerprint


def published(nodes: Nodes, file: Path) -> None:
    """The directory takes in the request and signs a list; nobody has fetched it yet."""
    enrolling.adopt_keys(nodes.directory, file.read_bytes(), clock.now())
    sign(nodes)


def sign(nodes: Nodes) -> None:
    from tongban.directory.rules import next_list
    from tongban_wire.trust import seal_trust_list

    due = next_list(queries.trust(), enrolling.granted(nodes.directory), clock.now())
    assert due is not None
    nodes.directory.trust_list_file.write_bytes(seal_trust_list(due, nodes.root))


def later(seconds: int = 2) -> None:
    """Requests say to the second when they were made."""
    clock.set_offset(clock_offset() + timedelta(seconds=seconds))
    queries.forget()


def clock_offset() -> timedelta:
    from datetime import UTC, datetime

    return clock.now() - datetime.now(UTC)


def standings() -> dict[str, KeyStanding]:
    return {kid: standing for kid, _, standing, _ in queries.key_standings()}


def test_a_new_key_is_made_announced_and_taken_into_use_while_the_old_one_still_counts(nodes: Nodes) -> None:
    old = queries.my_key().kid
    later()
    new, file = rotating.new_key(nodes.suite)  # type: ignore[attr-defined]
    assert new.alg == nodes.suite  # type: ignore[attr-defined]
    assert queries.my_key().kid == old
    with pytest.raises(Refusal) as refused:
        rotating.switch(new.kid)
    assert refused.value.params["reason"] == "unlisted"
    published(nodes, file)
    with pytest.raises(Refusal):
        rotating.switch(new.kid)  # announced there, but this node holds the older list
    reactions.fetch()
    rotating.switch(new.kid)
    assert queries.my_key().kid == new.kid
    assert standings() == {old: KeyStanding.VALID, new.kid: KeyStanding.VALID}
    later()
    published(nodes, rotating.give_up(old))
    reactions.fetch()
    assert standings()[old] is KeyStanding.VALID  # what it signed may still be on its way
    clock.set_offset(OVERLAP + timedelta(minutes=1))
    assert standings() == {old: KeyStanding.ENDED, new.kid: KeyStanding.VALID}


def test_the_key_in_use_is_not_given_up_and_a_foreign_one_cannot_be(nodes: Nodes) -> None:
    for kid, reason in ((queries.my_key().kid, "in_use"), ("63.0123456789abcdef", "not_ours")):
        with pytest.raises(Refusal) as refused:
            rotating.give_up(kid)
        assert refused.value.params["reason"] == reason


def test_a_revoked_key_stops_signing_the_moment_its_node_knows_and_may_not_ask_for_others(nodes: Nodes) -> None:
    old = queries.my_key()
    later()
    new, file = rotating.new_key()
    published(nodes, file)
    reactions.fetch()
    before, at = queries.trust(), clock.now()
    later()
    enrolling.revoke_key(nodes.directory, old.kid, at)
    sign(nodes)
    reactions.fetch()
    assert queries.my_key().kid == new.kid  # nobody chose it: the revoked one just does not sign any more
    assert queries.trust().key(old.kid, at) is None
    assert queries.trust_then(at) == before  # what arrived by then is judged by what held then
    assert queries.trust_then(at).key(old.kid, at) == old.public
    thief = SigningKey.generate("63")
    request = enrolling.write_request_for(nodes.province, [old, thief], clock.now()).read_bytes()
    with pytest.raises(Refusal) as refused:
        enrolling.adopt_keys(nodes.directory, request, clock.now())
    assert refused.value.params["reason"] == "no_valid_key_signed"
    assert len(enrolling.granted(nodes.directory)[1].keys) == 2


def test_a_revocation_at_the_same_moment_is_not_undone_by_a_request_taken_in(nodes: Nodes, monkeypatch) -> None:
    old = queries.my_key()
    later()
    made, file = rotating.new_key()
    lock = fcntl.flock

    def another_revokes_first(held, how):
        """What another operator's command does while this one waits for its turn."""
        monkeypatch.setattr(fcntl, "flock", lock)
        enrolling.revoke_key(nodes.directory, old.kid, clock.now())
        lock(held, how)

    monkeypatch.setattr(fcntl, "flock", another_revokes_first)
    enrolling.adopt_keys(nodes.directory, file.read_bytes(), clock.now())
    (entry,) = [one for one in enrolling.granted(nodes.directory) if one.node == old.node]
    assert [key.kid for key in entry.keys if key.is_valid(clock.now())] == [made.kid]


def test_only_an_enrolled_node_with_a_key_of_its_own_changes_its_keys_and_powers_stay_as_granted(nodes: Nodes) -> None:
    stranger = SigningKey.generate("63")
    request = enrolling.write_request_for(nodes.province, [stranger], clock.now()).read_bytes()
    with pytest.raises(Refusal):
        enrolling.adopt_keys(nodes.directory, request, clock.now())
    of_another = enrolling.write_request_for(nodes.province, [queries.my_key(), SigningKey.generate("14")], clock.now())
    with pytest.raises(WireProblem, match=r"key\.not_the_senders"):
        enrolling.adopt_keys(nodes.directory, of_another.read_bytes(), clock.now())
    granted = enrolling.granted(nodes.directory)[1]
    later()
    _, file = rotating.new_key()
    entry = enrolling.adopt_keys(nodes.directory, file.read_bytes(), clock.now())
    assert (entry.may_say, entry.regions) == (granted.may_say, granted.regions)
    with pytest.raises(Refusal) as refused:
        enrolling.adopt_keys(nodes.directory, file.read_bytes(), clock.now())
    assert refused.value.params["reason"] == "older_request"


def test_the_private_half_of_a_new_key_can_be_read_by_the_node_alone(nodes: Nodes) -> None:
    new, file = rotating.new_key()
    kept = nodes.province.signing_keys_dir / f"{new.kid}.pem"
    assert kept.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in file.read_bytes()
