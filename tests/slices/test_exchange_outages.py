"""Each dependency taken away from a real node: what it does without it is what the table says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.peers import an_act, closed, ground, light, sweep, trust_list

from tongban.exchange import actions, blobs, outages, queries
from tongban.exchange.rules.outage import Dependency, Mode
from tongban.journal import clock, worker
from tongban.kernel.problems import Refusal

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


def of(dependency):
    return next((s for s in outages.standing() if s.dependency is dependency), None)


def test_with_everything_there_nothing_is_said(ground):
    assert outages.standing() == ()


def test_without_a_peer_work_goes_on_and_messages_wait(ground):
    ground.cut("63")
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    found = of(Dependency.PEER)
    assert (found.mode, found.names) == (Mode.DEGRADE, ("63",))
    light(an_act(), uuid4(), to=["63"])
    assert queries.depth()["outbound_pending"] == 2
    ground.mend("63")
    clock.set_offset(timedelta(minutes=2))
    try:
        sweep()
        assert of(Dependency.PEER) is None
    finally:
        clock.set_offset(timedelta())


def test_without_the_directory_the_list_serves_on_and_when_it_expires_what_arrives_is_kept(ground):
    now = datetime.now(UTC)
    ground.keys.list = trust_list(ground.all_keys, at=now - timedelta(days=3), days=30)
    assert of(Dependency.DIRECTORY).mode is Mode.OPEN
    light(an_act(), uuid4(), to=["63"])
    worker.drain()
    assert len(ground.peer.order) == 1
    ground.keys.list = trust_list(ground.all_keys, at=now - timedelta(days=31), days=30)
    assert of(Dependency.DIRECTORY).mode is Mode.DEGRADE
    (answer,) = actions.accept_batch([ground.peer.says(closed(), f"filing:{uuid4()}")], clock.now())
    worker.drain()
    assert (answer.receipt is not None, ground.applied) == (True, [])


def test_without_storage_files_are_refused_with_the_reason_and_taken_again_afterwards(ground, tmp_path, monkeypatch):
    from dataclasses import replace

    from tongban import config as configuration

    blocked = tmp_path / "blobs"
    blocked.write_text("a file where the folder should be")
    before = configuration.config()
    configuration.use(replace(before, blob_dir=blocked))
    try:
        assert of(Dependency.STORAGE).mode is Mode.CLOSED
        with pytest.raises(Refusal) as refused:
            blobs.put(b"paper", "application/pdf")
        assert refused.value.code == "node.unavailable"
        light(an_act(), uuid4(), to=["63"])
        worker.drain()
        assert len(ground.peer.order) == 1, "messages need no storage"
        blocked.unlink()
        assert of(Dependency.STORAGE) is None
        assert blobs.has(blobs.put(b"paper", "application/pdf"))
    finally:
        configuration.use(before)


@pytest.mark.parametrize("dependency", [Dependency.TIME_STAMPER, Dependency.MAIL])
def test_without_mail_or_time_stamps_work_goes_on(ground, dependency):
    outages.install(dependency, lambda: {"": clock.now()})
    try:
        assert of(dependency).mode is Mode.DEGRADE
        light(an_act(), uuid4(), to=["63"])
        worker.drain()
        assert len(ground.peer.order) == 1
    finally:
        outages.install(dependency, dict)
