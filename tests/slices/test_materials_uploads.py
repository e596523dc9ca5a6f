"""Files taken in and taken back; nothing is kept of what is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.rules.test_materials_files import a_zip, jpeg, pdf, png

from tongban.config import config
from tongban.exchange.models import Blob
from tongban.journal import clock as journal_clock
from tongban.journal import queries as journal
from tongban.journal import worker
from tongban.journal.action import OutsideAction, action, record
from tongban.kernel.ids import NodeId, new_id
from tongban.kernel.people import Act, Actor, ActorKind, Post, Role, system
from tongban.kernel.problems import Refusal
from tongban.materials import actions, queries
from tongban.materials.events import UploadRemoved
from tongban.materials.models import Upload
from tongban.materials.views import UploadView

pytestmark = pytest.mark.django_db

HERE = NodeId("44")
LI_MEI = Actor(ActorKind.APPLICANT, "demo", "li-mei", HERE, level=3)
ZHOU_TAO = Actor(ActorKind.APPLICANT, "demo", "zhou-tao", HERE, level=3)
WANG_FANG = Actor(ActorKind.STAFF, "demo", "wang-fang", HERE, (Post(Role.CLERK, "440305"),), level=4)
CHEN_QIANG = Actor(ActorKind.STAFF, "demo", "chen-qiang", HERE, (Post(Role.REVIEWER, "630100"),), level=4)


def add(content: bytes = b"", name: str = "从业资格证.pdf", by: Actor = LI_MEI, **more: object) -> UploadView:
    act = Act(by, journal_clock.now())
    return actions.add_upload(act, io.BytesIO(content or pdf()), name, owner_ref=LI_MEI.ref, **more)  # type: ignore[arg-type]


def files_kept() -> list[Path]:
    return [p for p in config().blob_dir.rglob("*") if p.is_file()] if config().blob_dir.exists() else []


@pytest.fixture(autouse=True)
def kept_before() -> Iterator[set[Path]]:
    before = set(files_kept())
    yield before
    for path in set(files_kept()) - before:
        path.unlink()


def test_a_file_comes_back_byte_for_byte_under_its_proven_type() -> None:
    filing = new_id()
    view = add(jpeg(), "照片.JPG", filing_id=filing, requirement_key="photo", declared_type="image/jpg")
    assert (view.media_type, view.filename, view.size) == ("image/jpeg", "照片.jpg", len(jpeg()))
    assert queries.uploads(filing) == (view,)
    again, file = queries.open_upload(view.id)
    with file:
        assert (again, file.read()) == (view, jpeg())


def test_taking_a_file_in_is_a_fact_that_names_the_digest_and_no_person() -> None:
    view = add(name="李梅 身份证.pdf")
    (fact,) = journal.facts("upload", view.id)
    assert (fact.name, fact.body["digest"]) == ("materials.upload_added", view.digest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT string_agg(f::text, '') FROM journal_fact f) || string_agg(u::text, '')"
                       " FROM materials_upload u")  # fmt: skip
        stored = cursor.fetchone()[0]
    assert "李梅" not in stored
    assert "李梅".encode().hex() not in stored


REFUSED = [
    (b"<html><script>alert(1)</script>", "a.pdf", "unknown_type"),
    (png(), "a.pdf", "name_mismatch"),
    (pdf() + a_zip(), "a.pdf", "second_nature"),
    (pdf(b"3 0 obj <</S /JavaScript /JS (x)>> endobj"), "a.pdf", "active_content"),
    (b"\0", "a.pdf", "empty"),
    (png()[:-6], "a.png", "damaged"),
]


@pytest.mark.parametrize(("content", "name", "fault"), REFUSED)
def test_of_a_refused_file_nothing_is_kept(content: bytes, name: str, fault: str, kept_before: set[Path]) -> None:
    with pytest.raises(Refusal) as refused:
        add(content, name)
    assert (refused.value.code, refused.value.fields) == ("request.file_type", {"file": fault})
    assert not Upload.objects.exists()
    assert not Blob.objects.exists()
    assert set(files_kept()) == kept_before


class Endless:
    """A stream that never ends; counts what was read of it."""

    taken = 0

    def read(self, size: int = -1, /) -> bytes:
        self.taken += size
        return b"a" * size


def test_a_stream_that_does_not_end_is_cut_at_the_limit_and_nothing_is_kept(kept_before: set[Path]) -> None:
    stream = Endless()
    with pytest.raises(Refusal) as refused:
        actions.add_upload(Act(LI_MEI, journal_clock.now()), stream, "a.pdf", owner_ref=LI_MEI.ref)
    assert (refused.value.code, refused.value.params) == ("request.too_large", {"limit": config().upload_max_bytes})
    assert stream.taken <= config().upload_max_bytes + 64 * 1024
    assert not Upload.objects.exists()
    assert set(files_kept()) == kept_before


def test_the_person_and_the_window_hand_files_in_and_nobody_else() -> None:
    assert add(by=LI_MEI).owner_ref == add(by=WANG_FANG).owner_ref == LI_MEI.ref
    for other in (ZHOU_TAO, CHEN_QIANG):
        with pytest.raises(Refusal) as refused:
            add(by=other)
        assert refused.value.code == "permission.denied"
    assert Upload.objects.count() == 2


def test_a_removed_file_is_gone_from_the_list_but_its_bytes_and_facts_stay() -> None:
    filing = new_id()
    view = add(filing_id=filing, requirement_key="certificate")
    with pytest.raises(Refusal):
        actions.remove_upload(Act(ZHOU_TAO, journal_clock.now()), view.id)
    actions.remove_upload(Act(LI_MEI, journal_clock.now()), view.id)
    actions.remove_upload(Act(LI_MEI, journal_clock.now()), view.id)  # a second click changes nothing
    assert queries.uploads(filing) == ()
    assert queries.find_upload(view.id) is None
    assert [f.name for f in journal.facts("upload", view.id)] == ["materials.upload_added", "materials.upload_removed"]
    assert Blob.objects.filter(digest=view.digest).exists()
    with pytest.raises(Refusal):
        queries.open_upload(view.id)


def test_the_same_file_handed_in_twice_is_two_uploads_and_one_blob() -> None:
    first, second = add(), add()
    assert first.id != second.id
    assert first.digest == second.digest
    assert Blob.objects.count() == 1


def test_files_are_counted_and_the_one_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_FILES", 2)
    add(), add()
    with pytest.raises(Refusal) as refused:
        add()
    assert (refused.value.code, refused.value.params) == ("request.too_many_files", {"limit": 2})
    add(filing_id=new_id(), requirement_key="certificate")


def test_loose_files_become_those_of_a_filing_once_and_only_for_their_owner() -> None:
    view, filing = add(), new_id()

    @action
    def take(act: Act, owner_ref: str) -> tuple[UploadView, ...]:
        record(UploadRemoved(subject_id=new_id(), digest=view.digest), opens=True)  # any fact: this is no real action
        return actions.attach_within(filing, {"certificate": [view.id]}, owner_ref=owner_ref)

    assert queries.loose_uploads(LI_MEI.ref) == (view,)
    with pytest.raises(Refusal):
        take(Act(ZHOU_TAO, journal_clock.now()), ZHOU_TAO.ref)
    (attached,) = take(Act(LI_MEI, journal_clock.now()), LI_MEI.ref)
    assert (attached.filing_id, attached.requirement_key) == (filing, "certificate")
    assert queries.loose_uploads(LI_MEI.ref) == ()
    with pytest.raises(Refusal):
        take(Act(LI_MEI, journal_clock.now()), LI_MEI.ref)
    with pytest.raises(OutsideAction):
        actions.attach_within(filing, {}, owner_ref=LI_MEI.ref)


def test_files_are_found_by_id_for_their_owner_only() -> None:
    view = add()
    assert queries.uploads_by_ids([view.id], owner_ref=LI_MEI.ref) == (view,)
    with pytest.raises(Refusal) as refused:
        queries.uploads_by_ids([view.id], owner_ref=ZHOU_TAO.ref)
    assert refused.value.code == "request.not_found"


def test_a_loose_file_that_no_filing_names_within_a_day_is_taken_back_and_makes_room(clock) -> None:
    old = add(name="旧.pdf")
    named = add(name="已用.pdf", filing_id=new_id(), requirement_key="photo")
    clock.set_offset(timedelta(hours=20))
    young = add(name="新.pdf")
    clock.set_offset(timedelta(hours=25))
    worker.run_periodic_once({"materials.take_back_abandoned"})
    assert queries.loose_uploads(LI_MEI.ref) == (young,)
    assert queries.find_upload(named.id) == named
    assert [fact.name for fact in journal.facts("upload", old.id)] == [
        "materials.upload_added", "materials.upload_removed",
    ]  # fmt: skip


def test_a_file_that_a_filing_has_named_meanwhile_is_not_taken_back() -> None:
    named = add(filing_id=new_id(), requirement_key="photo")
    with pytest.raises(Refusal, match=r"state\.stale"):
        actions.take_back_loose(Act(system(HERE), journal_clock.now()), named.id)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        actions.take_back_loose(Act(WANG_FANG, journal_clock.now()), add(name="另.pdf").id)
    assert queries.find_upload(named.id) == named
