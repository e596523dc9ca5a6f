"""Proxy handling 异地代收代办: a window takes papers in for another province, checks, forwards, never decides."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from tests.cases_world import ANSWERS, PERSON, SHENZHEN, TAIYUAN, World, world
from tests.rules.test_materials_files import png

from tongban.cases import queries
from tongban.cases.actions import decision, filing, review
from tongban.cases.actions.review import Point
from tongban.cases.models import FilingCopy
from tongban.kernel.people import Post, Role
from tongban.kernel.problems import Refusal
from tongban.materials import actions as materials

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


@pytest.mark.req("R-079")
def test_a_window_takes_in_forwards_and_hands_over_the_result(w):
    filing_id = w.take_in()
    w.accept(w.case(filing_id))
    w.grant(w.case(filing_id))
    page = w.page(filing_id, w.wang_fang)
    assert (page.stage, page.holder.who) == (
        "decided",
        "window",
    )  # nothing is delivered before somebody hands it over
    (row,) = queries.desk_queue(w.wang_fang, "filings").items
    assert (row.task, row.applicant) == ("hand_over", "赵**")
    w.hand_over(filing_id)
    assert w.page(filing_id, w.wang_fang).stage == "completed"
    case = w.case(filing_id)
    assert (case.status, case.delivery_method) == ("closed", "window")


@pytest.mark.req("R-081", "R-174")
def test_nothing_is_forwarded_before_both_checks_are_recorded_and_in_order(w):
    filing_id = w.draft(w.wang_fang, "proxy", entry_key="TEST-PET-1")
    w.save(filing_id, actor=w.wang_fang)

    def forward():
        filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)

    with pytest.raises(Refusal) as refused:
        forward()
    assert refused.value.code == "state.checks_missing"
    with pytest.raises(Refusal) as refused:
        filing.record_checks(
            w.act(w.wang_fang), filing_id, formal={}, identity_method="", seen=w.filing(filing_id).version
        )
    assert refused.value.fields == {"identity_method": "required"}
    w.check(filing_id)
    forward()
    w.settle()
    assert w.filing(filing_id).status == "submitted"


@pytest.mark.req("R-081")
def test_the_formal_check_covers_every_material_that_is_due(w):
    filing_id = w.draft(w.wang_fang, "proxy", entry_key="TEST-PET-3", anchor_region=SHENZHEN)
    w.save(filing_id, actor=w.wang_fang)
    with pytest.raises(Refusal) as refused:
        w.check(filing_id, {"photo": True, "tail": True})
    assert refused.value.fields == {"formal.tail": "unknown"}
    w.check(filing_id, {"photo": False})
    with pytest.raises(Refusal) as refused:
        filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)
    assert (refused.value.code, refused.value.params["failed"]) == ("state.checks_missing", ["photo"])


@pytest.fixture
def looked_at(w):
    """A proxy draft with a photo that the window has looked at, and a way to put in another one a minute later."""
    filing_id = w.draft(w.wang_fang, "proxy", entry_key="TEST-PET-3", anchor_region=SHENZHEN)
    w.save(filing_id, actor=w.wang_fang)

    def put_in():
        w.wait(hours=1)
        materials.add_upload(
            w.act(w.wang_fang), io.BytesIO(png()), "照片.png", owner_ref=w.wang_fang.ref, filing_id=filing_id,
            requirement_key="photo",
        )  # fmt: skip

    put_in()
    w.check(filing_id, {"photo": True})
    return filing_id, put_in


@pytest.mark.req("R-081")
def test_a_file_put_in_after_the_window_has_looked_is_looked_at_again(w, looked_at):
    filing_id, put_in = looked_at
    put_in()
    with pytest.raises(Refusal) as refused:
        filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)
    assert (refused.value.code, refused.value.fields) == ("state.checks_missing", {"formal.photo": "required"})
    w.check(filing_id, {"photo": True})
    filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)


@pytest.mark.req("R-081")
def test_a_revision_does_not_say_that_a_new_file_was_looked_at(w, looked_at):
    filing_id, put_in = looked_at
    filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)
    w.settle()
    assert FilingCopy.objects.get(revision=1).checks["passed"] == ["photo"]
    w.ask(w.case(filing_id), Point("p1", "material:photo", "unclear", "请重新拍照"), actor=w.reviewer_44)
    put_in()
    w.answer(filing_id, w.wang_fang)
    assert FilingCopy.objects.get(revision=2).checks["passed"] == []


@pytest.mark.req("R-048", "R-081", "R-087")
def test_a_clerk_can_never_decide_whatever_the_state(w):
    filing_id = w.take_in()
    clerk = replace(w.wang_fang, posts=(Post(Role.CLERK, "630000"), Post(Role.CLERK, SHENZHEN)))
    for move in (None, w.accept):
        if move is not None:
            move(w.case(filing_id))
        case = w.case(filing_id)
        for attempt in (
            lambda c=case: review.accept(w.act(clerk), c.id, seen=c.version),
            lambda c=case: review.not_accept(w.act(clerk), c.id, reasons={"a": "b"}, seen=c.version),
            lambda c=case: decision.grant(w.act(clerk), c.id, result=decision.ResultDraft(), seen=c.version),
            lambda c=case: decision.deny(w.act(clerk), c.id, reasons={"a": "b"}, seen=c.version),
        ):
            with pytest.raises(Refusal) as refused:
                attempt()
            assert refused.value.code == "permission.denied"
        assert w.case(filing_id).version == case.version


@pytest.mark.req("R-109")
def test_a_correction_of_a_proxy_case_is_the_windows_task(w):
    filing_id = w.take_in()
    w.ask(w.case(filing_id))
    page = w.page(filing_id, w.wang_fang)
    assert (page.correction.task_for, page.holder.who) == ("window", "window")
    (row,) = queries.desk_queue(w.wang_fang, "filings").items
    assert row.task == "answer_correction"
    w.answer(filing_id, w.wang_fang)
    assert w.case(filing_id).status == "received"


def test_a_person_cannot_file_as_a_window_nor_a_window_in_the_persons_name(w):
    at_a_window = replace(w.wang_fang, posts=(Post(Role.CLERK, SHENZHEN, window="W-1"),))
    attempts = (
        lambda: w.draft(w.li_mei, "proxy"),
        lambda: w.draft(w.wang_fang, "online"),
        lambda: w.draft(w.li_mei, "online", for_person=PERSON),
        lambda: w.draft(w.chen_qiang, "proxy"),
        lambda: w.draft(w.wang_fang, "proxy", intake_region=TAIYUAN),
        lambda: w.draft(at_a_window, "proxy", intake_region=TAIYUAN, window="W-1"),
    )
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "permission.denied"


def test_the_window_names_a_real_person(w):
    with pytest.raises(Refusal) as refused:
        w.draft(w.wang_fang, "proxy", for_person={"name": "", "id_number": "123", "mobile": "1"})
    assert refused.value.fields == {
        "for_person.name": "required", "for_person.id_number": "format", "for_person.mobile": "format",
    }  # fmt: skip


def test_a_person_with_an_account_sees_what_a_window_filed_for_them_but_cannot_steer_it(w):
    from tongban.identity import queries as identity

    own = identity.profile(w.li_mei)
    filing_id = w.take_in(for_person={"name": own.name, "id_number": own.id_number, "mobile": own.mobile})
    assert w.page(filing_id).applicant.name == "李梅"
    assert [row.filing_id for row in queries.filings_of(w.li_mei).items] == [filing_id]
    with pytest.raises(Refusal) as refused:
        filing.request_withdrawal(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)
    assert refused.value.code == "permission.denied"


def test_the_receipt_says_what_was_taken_in_and_where_it_goes(w):
    filing_id = w.take_in()
    receipt = queries.receipt_view(w.wang_fang, filing_id, recorded=True)
    assert receipt.filing_number == w.filing(filing_id).number
    assert (receipt.applicant.name, receipt.applicant.masked) == (PERSON["name"], False)
    assert queries.receipt_view(w.wang_fang, filing_id).applicant.name == "赵**"
    assert receipt.content_digest.startswith("sha-256:") and ANSWERS["pet_name"] not in str(receipt)
