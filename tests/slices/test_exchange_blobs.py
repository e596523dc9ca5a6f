"""Attachments: kept by digest, fetched from the node that named them, resumed, verified, announced."""

from __future__ import annotations

import fcntl
import hashlib
import io
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.peers import ME, an_act, ground, light, sweep

from tongban.config import config
from tongban.exchange import actions, blobs, pulling, queries
from tongban.exchange.models import Blob
from tongban.exchange.rules import crash_points
from tongban.journal import clock, worker
from tongban.kernel.problems import Refusal
from tongban_wire.messages import Attachment, CaseDecided, CaseNotAccepted

__all__ = ["ground"]
pytestmark = pytest.mark.django_db

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 40


def digest_of(content: bytes) -> str:
    return "sha-256:" + hashlib.sha256(content).hexdigest()


@pytest.fixture
def later():
    yield lambda **ahead: clock.set_offset(timedelta(**ahead))
    clock.set_offset(timedelta())


@pytest.fixture(autouse=True)
def an_empty_folder():
    pulling._resting.clear()
    for path in sorted(config().blob_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def decided(digest: str) -> CaseDecided:
    return CaseDecided(
        case_id=uuid4(),
        filing_id=uuid4(),
        filing_number="44-7K3F-9Q2M-X",
        outcome="granted",
        decided_on=date(2026, 11, 20),
        attachments=(Attachment(key="result", digest=digest, size=len(CONTENT), media_type="application/pdf"),),
    )


def test_bytes_are_kept_once_under_their_digest():
    first = blobs.put(CONTENT, "application/pdf")
    second = blobs.put(io.BytesIO(CONTENT), "application/pdf", "license")
    assert first == second == digest_of(CONTENT)
    with blobs.open(first) as file:
        assert file.read() == CONTENT
    assert blobs.has(first)
    assert Blob.objects.get().size == len(CONTENT)
    assert list(blobs.folder("partial").iterdir()) == []


def test_too_much_is_refused_and_nothing_is_left_behind():
    endless = (b"x" * 1_000_000 for _ in range(10**6))
    with pytest.raises(Refusal, match="too_large"):
        blobs.put(endless, "application/pdf")
    assert Blob.objects.count() == 0
    assert list(blobs.folder("partial").iterdir()) == []


@pytest.mark.parametrize("digest", ["sha-256:..", "../../etc/passwd", "sha-256:" + "A" * 64, ""])
def test_only_a_digest_names_a_file(digest):
    with pytest.raises(ValueError, match="not a digest"):
        blobs.path_of(digest)


def test_what_is_not_here_says_so():
    with pytest.raises(blobs.BlobMissing):
        blobs.open(digest_of(b"elsewhere"))
    assert not blobs.has(digest_of(b"elsewhere"))


@pytest.mark.req("R-118", "R-124")
def test_an_expected_blob_is_fetched_from_the_node_that_named_it_and_announced_once(ground):
    digest = digest_of(CONTENT)
    ground.peer.blobs[digest] = CONTENT
    assert actions.expect_blobs("63", [digest, digest]) == (digest,)
    worker.drain()
    assert blobs.has(digest)
    assert ground.arrived == [digest]
    sweep()
    assert ground.arrived == [digest]
    assert actions.expect_blobs("14", [digest]) == ()
    assert Blob.objects.get().sources == ["63", "14"]
    assert queries.blob_info([digest])[digest].media_type == "application/pdf"


def test_a_broken_download_goes_on_where_it_stopped(ground, later):
    digest = digest_of(CONTENT)
    ground.peer.blobs[digest] = CONTENT
    ground.carrier.break_after = [4000, 1000]
    actions.expect_blobs("63", [digest])
    worker.drain()
    assert not blobs.has(digest)
    later(minutes=2)
    sweep()
    later(minutes=4)
    sweep()
    assert blobs.has(digest)
    assert [offset for _, offset in ground.carrier.fetches] == [0, 4000, 5000]


def test_a_source_that_is_away_is_asked_once_a_pause_however_much_waits_for_it(ground, later):
    contents = [CONTENT + bytes([n]) for n in range(20)]
    ground.peer.blobs.update({digest_of(content): content for content in contents})
    ground.cut("63")
    actions.expect_blobs("63", [digest_of(content) for content in contents])
    worker.drain()
    assert len(ground.carrier.fetches) == 1
    ground.mend("63")
    later(minutes=3)
    sweep()
    assert {row.state for row in Blob.objects.all()} == {"stored"}


def test_bytes_that_are_not_what_was_named_are_thrown_away(ground, later):
    digest = digest_of(CONTENT)
    ground.peer.blobs[digest] = CONTENT[:-1] + b"?"
    actions.expect_blobs("63", [digest])
    worker.drain()
    assert not blobs.has(digest)
    assert "digest_wrong" in Blob.objects.get().last_error
    ground.peer.blobs[digest] = CONTENT
    later(minutes=2)
    sweep()
    assert blobs.has(digest)


def test_a_blob_beyond_the_limit_is_parked_with_its_reason(ground):
    content = bytes(config().upload_max_bytes + 1)
    digest = digest_of(content)
    ground.peer.blobs[digest] = content
    actions.expect_blobs("63", [digest])
    worker.drain()
    row = Blob.objects.get()
    assert (row.state, row.last_error.split(":")[0]) == ("parked", "blob.too_large")
    assert queries.depth()["blobs_parked"] == 1


def test_another_source_is_asked_when_the_first_has_nothing(ground):
    digest = digest_of(CONTENT)
    ground.add_peer("14").blobs[digest] = CONTENT
    actions.expect_blobs("63", [digest])
    actions.expect_blobs("14", [digest])
    worker.drain()
    assert blobs.has(digest)


def test_a_file_left_by_a_crash_before_its_row_is_adopted_or_fetched_again(ground):
    digest = digest_of(CONTENT)
    ground.peer.blobs[digest] = CONTENT
    path = blobs.path_of(digest)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    actions.expect_blobs("63", [digest])
    worker.drain()
    assert blobs.has(digest)
    assert ground.arrived == [digest]


def test_only_a_node_that_was_told_of_a_blob_may_have_it(ground):
    digest = blobs.put(CONTENT, "application/pdf")
    assert not blobs.may_have("63", digest)
    light(an_act(), uuid4(), to=["63"], message=decided(digest))
    assert blobs.may_have("63", digest)
    assert not blobs.may_have("14", digest)


def test_a_digest_that_an_applicant_typed_opens_no_file_to_anybody(ground):
    digest = blobs.put(CONTENT, "application/pdf")
    typed = CaseNotAccepted(
        case_id=uuid4(), filing_id=uuid4(), filing_number="44-7K3F-9Q2M-X", reasons=("out_of_scope",),
        personal={"texts": {"out_of_scope": digest}},
    )  # fmt: skip
    light(an_act(), uuid4(), to=["63"], message=typed)
    assert not blobs.may_have("63", digest)


def test_who_comes_as_the_download_is_finished_does_not_touch_the_finished_file(ground, monkeypatch):
    digest = digest_of(CONTENT)
    ground.peer.blobs[digest] = CONTENT
    actions.expect_blobs("63", [digest])
    lock = fcntl.flock

    def another_finishes_first(file, how):
        """What another process may do between the opening of the file and its lock."""
        monkeypatch.setattr(fcntl, "flock", lock)
        Path(file.name).write_bytes(CONTENT)
        blobs.keep(Path(file.name), digest, len(CONTENT), "application/pdf", "case", clock.now())
        ground.peer.blobs[digest] = CONTENT[:-1] + b"?"
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", another_finishes_first)
    worker.drain()
    with blobs.open(digest) as file:
        assert file.read() == CONTENT
    assert Blob.objects.get().state == "stored"


def test_a_blob_told_to_ourselves_is_here_already(ground):
    digest = blobs.put(CONTENT, "application/pdf")
    assert actions.expect_blobs(ME, [digest]) == ()


def test_abandoned_temporary_files_are_removed(ground):
    (blobs.folder("partial") / "old").write_bytes(b"x")
    assert pulling.forget_partials(clock.now() - timedelta(days=2)) == 0
    assert pulling.forget_partials(clock.now() + timedelta(days=2)) == 1


def test_every_crash_point_is_listed_once():
    assert len(set(crash_points.ALL)) == len(crash_points.ALL) == 13
