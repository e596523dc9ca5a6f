"""Each dependency taken away from a real node: it notices, does what its line of the table says, and somebody is told.

Peer, directory, time-stamper and mail are real servers on loopback, or ports where nobody answers; storage is a folder
that is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.outside import mail_server, refused_port, silent_port, stamping_server
from tests.peers import an_act, closed, ground, light, sweep, trust_list

from tongban import config as configuration
from tongban.directory.adapters.http_source import HttpListSource
from tongban.directory.ports import SourceUnavailable
from tongban.exchange import (
    actions,
    blobs,
    daybooks,
    installation,
    mailing,
    outages,
    probing,
    queries,
    timestamping,
    watching,
)
from tongban.exchange.adapters.http import HttpCarrier
from tongban.exchange.adapters.http_stamper import HttpStamper
from tongban.exchange.adapters.local_stamper import LocalStamper
from tongban.exchange.adapters.smtp_mailer import SmtpMailer
from tongban.exchange.models import Alarm
from tongban.exchange.rules.outage import Dependency, Mode
from tongban.journal import clock, daybook, worker
from tongban.journal.models import Fact
from tongban.kernel.problems import Refusal
from tongban.ui.alarm_mail import worded
from tongban_wire.daybook import day_of, end_of
from tongban_wire.stamps import read_time_stamp

__all__ = ["ground"]
pytestmark = pytest.mark.django_db
OPERATOR = "duty@node-44.example"


@pytest.fixture(autouse=True)
def _outside() -> Iterator[None]:
    before = mailing.installed()
    yield
    mailing.install(before)
    timestamping.install(None)
    clock.set_offset(timedelta())


def of(dependency):
    return next((s for s in outages.standing() if s.dependency is dependency), None)


def look() -> set[tuple[str, str]]:
    """What the running node does by itself: probe, watch. Returns the alarms that stand then."""
    probing.probe()
    watching.watch()
    return {(alarm.kind, alarm.key) for alarm in queries.alarms()}


def told(kind: str) -> int:
    return Fact.objects.filter(name="exchange.alarm_raised", body__kind=kind).count()


def still_works(ground) -> None:
    """What needs nothing of the missing goes on: a message is told and delivered."""
    before = len(ground.peer.order)
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    assert len(ground.peer.order) == before + 1


def mail_to(port: int) -> None:
    mailer = SmtpMailer(f"127.0.0.1:{port}", sender="node@node-44.example", security="none", seconds=0.5)
    mailing.install(mailing.Post(mailer, worded, {"operator": OPERATOR}))


def stamper_at(address: str, stamper: LocalStamper) -> None:
    timestamping.install(HttpStamper(address, stamper.certificate, seconds=0.5))


def test_with_everything_there_nothing_is_said(ground):
    stamper = LocalStamper(clock.now)
    with mail_server() as (port, _), stamping_server(stamper) as (address, asked):
        mail_to(port)
        stamper_at(address, stamper)
        assert look() == set()
        assert (outages.standing(), len(asked)) == ((), 1)


class Parrot(LocalStamper):
    """Answers every request with the answer to the first, as somebody between us and the authority might."""

    first: bytes | None = None

    def answer(self, query: bytes) -> bytes:
        self.first = self.first or super().answer(query)
        return self.first


def test_a_stamp_given_before_is_no_answer_to_another_request():
    parrot = Parrot(clock.now)
    with stamping_server(parrot) as (address, _):
        stamper = HttpStamper(address, parrot.certificate)
        assert read_time_stamp(stamper.stamp(b"a book"), b"a book", parrot.certificate).verified
        with pytest.raises(timestamping.StamperUnavailable, match=r"time_stamp\.wrong"):
            stamper.stamp(b"a book")


def test_without_a_peer_work_goes_on_messages_wait_and_after_ten_minutes_the_operator_is_told(ground):
    with refused_port() as port:
        peers = tuple(replace(n, address=f"http://127.0.0.1:{port}") for n in ground.keys.list.nodes)
        whole, ground.keys.list = ground.keys.list, replace(ground.keys.list, nodes=peers)
        installation.install(carrier=HttpCarrier(plain_http_loopback=True))
        light(an_act(), uuid4(), to=["63"])
        worker.drain()
        found = of(Dependency.PEER)
        assert (found.mode, found.names) == (Mode.DEGRADE, ("63",))
        light(an_act(), uuid4(), to=["63"])
        assert queries.depth()["outbound_pending"] == 2
        assert look() == set()
        clock.set_offset(timedelta(minutes=11))
        assert look() == {("peer_unreachable", "63")}
    installation.install(carrier=ground.carrier)
    ground.keys.list = whole
    clock.set_offset(timedelta(minutes=30))
    sweep()
    assert (of(Dependency.PEER), look()) == (None, set())
    assert (len(ground.peer.order), told("peer_unreachable")) == (2, 1)


def test_without_the_directory_the_list_serves_on_and_when_it_expires_what_arrives_is_kept(ground):
    with refused_port() as port, pytest.raises(SourceUnavailable, match=r"peer\.unreachable"):
        HttpListSource().fetch(f"http://127.0.0.1:{port}")
    now = datetime.now(UTC)
    ground.keys.list = trust_list(ground.all_keys, at=now - timedelta(days=3), days=30)
    assert of(Dependency.DIRECTORY).mode is Mode.OPEN
    assert look() == {("dependency_missing", "directory")}
    still_works(ground)
    ground.keys.list = trust_list(ground.all_keys, at=now - timedelta(days=31), days=30)
    assert of(Dependency.DIRECTORY).mode is Mode.DEGRADE
    assert look() == {("dependency_missing", "directory"), ("trust_list_expiring", "own")}
    (answer,) = actions.accept_batch([ground.peer.says(closed(), f"filing:{uuid4()}")], clock.now())
    worker.drain()
    assert (answer.receipt is not None, ground.applied) == (True, [])
    ground.keys.list = trust_list(ground.all_keys, at=now, days=30)
    assert ("dependency_missing", "directory") not in look()


def test_without_storage_files_are_refused_with_the_reason_and_taken_again_afterwards(ground, tmp_path):
    blocked = tmp_path / "blobs"
    blocked.write_text("a file where the folder should be")
    before = configuration.config()
    configuration.use(replace(before, blob_dir=blocked))
    try:
        assert look() == {("dependency_missing", "storage")}
        assert of(Dependency.STORAGE).mode is Mode.CLOSED
        with pytest.raises(Refusal) as refused:
            blobs.put(b"paper", "application/pdf")
        assert refused.value.code == "node.unavailable"
        still_works(ground)
        blocked.unlink()
        assert look() == set()
        assert of(Dependency.STORAGE) is None
        assert blobs.has(blobs.put(b"paper", "application/pdf"))
    finally:
        configuration.use(before)
    assert told("dependency_missing") == 1


def test_a_full_disk_is_noticed_by_the_probe_and_refuses_files(ground, tmp_path):
    import resource
    import signal

    before = configuration.config()
    configuration.use(replace(before, blob_dir=tmp_path / "blobs"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # no file of this process may hold a byte
    try:
        error = probing.storage_error()
        with pytest.raises(Refusal) as refused:
            blobs.put(b"paper", "application/pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
        configuration.use(before)
    assert (error, refused.value.code) == ("storage.OSError", "node.unavailable")


def a_day_ends():
    today = day_of(datetime.now(UTC))
    clock.set_offset(end_of(today) + timedelta(minutes=6) - datetime.now(UTC))
    return today


def test_without_the_time_stamper_days_are_closed_unstamped_and_stamped_when_it_is_back(ground):
    stamper = LocalStamper(clock.now)
    light(an_act(), uuid4(), to=[])
    with silent_port() as port:
        stamper_at(f"http://127.0.0.1:{port}/tsa", stamper)
        today = a_day_ends()
        daybooks.duties()
        assert daybook.own_book(today).time_stamp is None
        assert of(Dependency.TIME_STAMPER).mode is Mode.DEGRADE
        watching.watch()
        assert [(a.kind, a.key) for a in queries.alarms()] == [("dependency_missing", "time_stamper")]
        still_works(ground)
    with stamping_server(stamper) as (address, _):
        stamper_at(address, stamper)
        daybooks.duties()
        assert daybook.own_book(today).time_stamp is not None
        assert look() == set()


def test_a_policy_may_want_no_day_closed_unstamped(ground, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text('[time_stamper]\nmode = "closed"\nhours = 0\nafterwards = "closed"\n')
    before, stamper = configuration.config(), LocalStamper(clock.now)
    configuration.use(replace(before, outage_policy_file=str(file)))
    try:
        light(an_act(), uuid4(), to=[])
        today = a_day_ends()
        with refused_port() as port:
            stamper_at(f"http://127.0.0.1:{port}/tsa", stamper)
            daybooks.duties()
            assert daybook.own_book(today) is None
            assert of(Dependency.TIME_STAMPER).mode is Mode.CLOSED
        with stamping_server(stamper) as (address, _):
            stamper_at(address, stamper)
            daybooks.duties()
            assert daybook.own_book(today).time_stamp is not None
    finally:
        configuration.use(before)


def test_a_stamper_that_answers_for_something_else_is_not_believed(ground):
    stamper, other = LocalStamper(clock.now), LocalStamper(clock.now)
    with stamping_server(other) as (address, asked):
        stamper_at(address, stamper)
        assert look() == {("dependency_missing", "time_stamper")}
    assert len(asked) == 1


def test_without_mail_alarms_stand_on_the_page_and_are_written_when_it_is_back(ground):
    with refused_port() as port:
        mail_to(port)
        assert look() == {("dependency_missing", "mail")}
        assert of(Dependency.MAIL).mode is Mode.DEGRADE
        assert mailing.tell_alarms() == 0
        assert Alarm.objects.get().mailed_at is None
        still_works(ground)
    actions.alarming.ensure_raised("peer_unreachable", "63", {"since": "2026-11-22T00:00:00+00:00"})
    with mail_server() as (port, got):
        mail_to(port)
        assert mailing.tell_alarms() == 2
        assert mailing.tell_alarms() == 0, "once each"
        assert of(Dependency.MAIL) is None
    assert (len(got), all(f"To: {OPERATOR}" in mail for mail in got)) == (2, True)
    watching.watch()
    assert ("dependency_missing", "mail") not in {(a.kind, a.key) for a in queries.alarms()}


def test_an_alarm_raised_again_is_written_again(ground):
    with mail_server() as (port, got):
        mail_to(port)
        for _ in range(2):
            actions.alarming.ensure_raised("stream_contradiction", "63", {"streams": 1})
            assert mailing.tell_alarms() == 1
            actions.alarming.ensure_cleared("stream_contradiction", "63")
    assert len(got) == 2


@pytest.mark.parametrize("wrong", ["mail.example", "mail.example:x", ":25"])
def test_a_mail_server_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValueError, match="host:port"):
        SmtpMailer(wrong, sender="x@example")


@pytest.mark.parametrize("server", ["mail.example:25", "10.0.0.1:25", "localhost:25"])
def test_mail_without_tls_goes_to_a_literal_loopback_address_alone(server):
    with pytest.raises(ValueError, match="loopback"):
        SmtpMailer(server, sender="x@example", security="none")
