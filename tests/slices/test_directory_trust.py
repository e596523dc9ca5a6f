"""The directory: which list is believed, who publishes it, how a node joins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tongban import config as configuration
from tongban.config import Config
from tongban.directory import enrolling, installation, queries, reactions
from tongban.directory.actions import adopt_trust_list
from tongban.directory.events import TRUST_LIST
from tongban.directory.models import TrustListRow
from tongban.directory.ports import SourceUnavailable
from tongban.directory.rules import LIST_VALID, Standing
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal
from tongban_wire.enrolment import open_enrolment
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.trust import RegionPrefix, TrustList, open_trust_list, seal_trust_list

pytestmark = pytest.mark.django_db(transaction=True)


class Nodes:
    """A directory and a province in two folders; ``be`` makes this process one of them."""

    def __init__(self, folder: Path) -> None:
        self.before = configuration.config()
        self.directory = self._config(folder, "00", "国家政务服务平台")
        self.province = self._config(folder, "63", "青海省")
        self.root = enrolling.make_root(self.directory)

    def _config(self, folder: Path, node: str, name: str) -> Config:
        return configuration.read(
            {},
            node_id=NodeId(node),
            node_name=name,
            home=folder / node,
            base_url=f"https://{node}.example",
            database_url=self.before.database_url,
        )

    def be(self, cfg: Config) -> None:
        configuration.use(cfg)
        queries.forget()

    def grant_all(self) -> None:
        now = clock.now()
        for cfg, prefixes in ((self.directory, ()), (self.province, ("63",))):
            request = enrolling.write_request(cfg, now).read_bytes()
            regions = [RegionPrefix(prefix=p, from_on=date(2020, 1, 1)) for p in prefixes]
            enrolling.grant(self.directory, request, now, regions=regions)

    def list_of(self, version: int, issued: datetime, valid: timedelta = LIST_VALID) -> bytes:
        trust = TrustList(
            version=version, issued_at=issued, expires_at=issued + valid, nodes=enrolling.granted(self.directory)
        )
        return seal_trust_list(trust, self.root)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    made = Nodes(tmp_path)
    made.grant_all()
    yield made
    installation.install(None)
    clock.set_offset(timedelta())
    made.be(made.before)


def an_act() -> Act:
    return Act(system(configuration.config().node_id), clock.now())


def published(nodes: Nodes) -> bytes:
    nodes.be(nodes.directory)
    assert reactions.publish() == 1
    return nodes.directory.trust_list_file.read_bytes()


def test_enrolled_nodes_stand_on_the_published_list_with_their_regions_and_powers(nodes: Nodes) -> None:
    published(nodes)
    assert queries.node_of_region("630105", date(2026, 3, 2)) == "63"
    assert queries.node_of_region("110101", date(2026, 3, 2)) is None
    entry = queries.node("63")
    assert entry is not None
    assert entry.may("cn.tongban.case.decided/1")
    assert not entry.may("cn.tongban.trust.changed/1")
    assert [n.node for n in queries.nodes() if n.may("cn.tongban.case.decided/1")] == ["63"]  # not the directory
    assert (queries.node_name("63"), queries.node_name("99")) == ("青海省", "99")
    key = queries.my_key()
    assert queries.trust().key(key.kid, clock.now()) == key.public


def test_the_list_is_signed_anew_when_half_its_time_is_over_or_a_node_joins(nodes: Nodes) -> None:
    published(nodes)
    assert reactions.publish() is None
    clock.set_offset(LIST_VALID / 2 - timedelta(minutes=1))
    assert reactions.publish() is None
    clock.set_offset(LIST_VALID / 2 + timedelta(minutes=1))
    assert reactions.publish() == 2
    late = replace(nodes.province, node_id=NodeId("14"), home=nodes.province.home.parent / "14")
    late = replace(late, signing_key_file=late.home / "signing.key")
    request = enrolling.write_request(late, clock.now()).read_bytes()
    enrolling.grant(nodes.directory, request, clock.now(), regions=[])
    assert reactions.publish() == 3
    assert queries.node("14") is not None


def test_a_province_takes_in_the_file_and_then_fetches_what_is_newer(nodes: Nodes) -> None:
    signed = published(nodes)
    _empty_tables()  # the province has a database of its own
    nodes.be(nodes.province)
    assert queries.trust_state().standing is Standing.MISSING
    enrolling.take_in(nodes.province, signed, nodes.root.public.fingerprint, clock.now())
    queries.forget()
    assert queries.trust().version == 1
    asked: list[str] = []

    class Source:
        def fetch(self, address: str) -> bytes:
            asked.append(address)
            return nodes.list_of(2, clock.now())

    installation.install(Source())
    reactions.renew()
    assert asked == ["https://00.example"]
    assert queries.trust().version == 2
    assert list(TrustListRow.objects.order_by("version").values_list("version", "source")) == [
        (1, "file"),
        (2, "directory"),
    ]
    facts = journal.facts("trust_list", TRUST_LIST)
    assert [fact.body["list_version"] for fact in facts] == [1, 2]


def test_without_an_answer_from_the_directory_the_list_stays_in_force_until_it_expires(nodes: Nodes) -> None:
    published(nodes)
    nodes.be(replace(nodes.province, trust_list_file=nodes.directory.trust_list_file, root_fingerprint=_root(nodes)))

    class Silent:
        def fetch(self, address: str) -> bytes:
            raise SourceUnavailable("peer.unreachable")

    installation.install(Silent())
    reactions.renew()
    assert queries.trust_state().standing is Standing.CURRENT
    clock.set_offset(LIST_VALID)
    reactions.renew()
    state = queries.trust_state()
    assert (state.standing, state.version) == (Standing.EXPIRED, 1)
    assert queries.trust().node("63") is not None  # still known: what they say is stored and parked


def test_an_older_list_and_another_list_of_the_same_version_are_refused(nodes: Nodes) -> None:
    nodes.be(nodes.directory)
    now = clock.now().replace(microsecond=0)
    newest = nodes.list_of(5, now)
    assert adopt_trust_list(an_act(), newest, source="file") == 5
    assert adopt_trust_list(an_act(), newest + b"\n", source="file") == 5
    for version, reason in ((4, "older"), (5, "contradiction")):
        with pytest.raises(Refusal) as refused:
            adopt_trust_list(an_act(), nodes.list_of(version, now - timedelta(hours=1)), source="directory")
        assert refused.value.params["reason"] == reason
    assert TrustListRow.objects.count() == 1
    assert len(journal.facts("trust_list", TRUST_LIST)) == 1


def test_a_list_of_another_root_is_never_believed(nodes: Nodes, tmp_path: Path) -> None:
    nodes.be(nodes.directory)
    trust = open_trust_list(nodes.list_of(1, clock.now()), nodes.root.public.fingerprint)
    forged = seal_trust_list(trust, SigningKey.generate("root"))
    with pytest.raises(Refusal) as refused:
        adopt_trust_list(an_act(), forged, source="directory")
    assert refused.value.params["reason"] == "trust.wrong_root"
    nodes.directory.trust_list_file.write_bytes(forged)
    queries.forget()
    with pytest.raises(queries.NotEnrolled):
        queries.trust()


def test_adopted_lists_cannot_be_changed_or_deleted(nodes: Nodes) -> None:
    published(nodes)
    for statement in ("UPDATE directory_trustlist SET signed = 'x'", "DELETE FROM directory_trustlist"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_directory_is_not_asked_over_plain_http(nodes: Nodes) -> None:
    nodes.be(replace(nodes.province, directory_url="http://192.0.2.1:8000", plain_http_loopback=True))

    class Never:
        def fetch(self, address: str) -> bytes:
            raise AssertionError(address)

    installation.install(Never())
    assert reactions.fetch() is None
    # not even on loopback, for the pinned root is not the demo's
    nodes.be(replace(nodes.province, directory_url="http://127.0.0.1:8000", plain_http_loopback=True))
    assert reactions.fetch() is None


def test_enrolment_by_file_needs_the_request_of_the_key_holder_and_the_right_root(nodes: Nodes) -> None:
    request = enrolling.write_request(nodes.province, datetime(2026, 3, 2, tzinfo=UTC)).read_bytes()
    assert open_enrolment(request).keys[0].kid.startswith("63.")
    document = json.loads(request)
    document["enrolment"] = [document["enrolment"][0][:-8] + "AAAAAAAA"]
    with pytest.raises(WireProblem):
        enrolling.grant(nodes.directory, json.dumps(document).encode(), clock.now(), regions=[])
    signed = nodes.list_of(1, clock.now())
    with pytest.raises(WireProblem, match="wrong_root"):
        enrolling.take_in(nodes.province, signed, "sha-256:" + "0" * 64, clock.now())
    enrolling.take_in(nodes.province, signed, _root(nodes), clock.now())
    other = SigningKey.generate("root").public.fingerprint
    with pytest.raises(WireProblem, match="another root is pinned"):
        enrolling.take_in(nodes.province, signed, other, clock.now())


def _root(nodes: Nodes) -> str:
    return nodes.root.public.fingerprint


def _empty_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE directory_trustlist, journal_fact, journal_factpersonal, journal_job CASCADE")
