"""Online handling through one node that talks to itself: filed, received, accepted, corrected, decided, delivered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from tests.cases_world import ANSWERS, ITEM, SHENZHEN, TODAY, XINING, World, world

from tongban.cases import reactions
from tongban.cases.actions import decision, filing, reading, review
from tongban.cases.actions.review import Point
from tongban.cases.models import Case, CaseMirror, FilingCopy, FilingRevision
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


@pytest.mark.req("R-066")
def test_an_online_case_goes_from_filing_to_delivered_without_anybody_meeting_anybody(w):
    filing_id = w.file()
    case = w.case(filing_id)
    assert w.page(filing_id).stage == "received"
    w.accept(case)
    assert w.page(filing_id).stage == "accepted"
    w.grant(case)
    page = w.page(filing_id)
    assert (page.status, page.stage, page.close_reason) == ("concluded", "completed", "completed")
    assert (page.result.outcome, page.result.number, page.result.delivered) == (
        "granted",
        "青宠字1号",
        "electronic",
    )
    assert page.holder is None
    assert [entry.code for entry in page.timeline] == [
        "filing.submitted", "case.opened", "case.accepted", "case.decided", "filing.result_delivered",
        "case.delivered", "case.closed",
    ]  # fmt: skip
    case = w.case(filing_id)
    assert (case.status, case.close_reason, case.outcome, case.delivery_method) == (
        "closed", "completed", "granted", "electronic",
    )  # fmt: skip
    for subject in (("filing", filing_id), ("case", case.id)):
        assert journal.verify_chain(*subject)


@pytest.mark.req("R-067")
def test_a_filing_from_guangdong_stands_in_the_work_list_of_qinghai_at_once(w):
    from tongban.cases import queries

    filing_id = w.file()
    (row,) = queries.desk_queue(w.chen_qiang, "cases").items
    assert (row.filing_number, row.status, row.task) == (w.filing(filing_id).number, "received", "accept")
    assert row.applicant == "李*"
    assert queries.desk_queue(w.reviewer_44, "cases").items == ()


@pytest.mark.req("R-078")
def test_receipt_is_not_acceptance_and_both_are_facts_of_the_competent_place(w):
    filing_id = w.file()
    case = w.case(filing_id)
    names = [fact.name for fact in journal.facts("case", case.id)]
    assert (names, case.status, case.accepted_on, case.work_due_on) == (
        ["case.opened"],
        "received",
        None,
        None,
    )
    w.accept(case)
    assert [fact.name for fact in journal.facts("case", case.id)] == ["case.opened", "case.accepted"]
    assert w.case(filing_id).accepted_on == TODAY


@pytest.mark.req("R-111")
def test_the_handling_clock_counts_working_days_and_stands_still_during_a_correction(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    clocks = {clock.name: clock for clock in w.page(filing_id).clocks}
    # ten working days from Monday 23 November; Wednesday 25 is a holiday here
    assert (clocks["handling"].due.on, clocks["handling"].remaining) == (date(2026, 12, 8), 10)
    w.wait(days=1)
    w.ask(w.case(filing_id), reason="审查中发现芯片号不符")
    (stopped,) = w.page(filing_id).clocks
    assert (stopped.running, stopped.due) == (False, None)
    w.wait(days=7)  # Tuesday to Tuesday: five working days that do not count
    w.answer(filing_id)
    case = w.case(filing_id)
    assert (case.status, case.work_used, case.work_due_on) == ("accepted", 1, date(2026, 12, 14))
    assert w.page(filing_id).clocks[0].due.on == date(2026, 12, 14)


@pytest.mark.req("R-109")
def test_a_correction_is_told_once_with_all_points_and_each_point_is_answered(w):
    filing_id = w.file()
    points = (
        Point("chip", "answer:chip", "unclear", "芯片号看不清"),
        Point("name", "answer:pet_name", "wrong", "名字与登记不符"),
    )
    w.ask(w.case(filing_id), *points)
    page = w.page(filing_id)
    assert page.stage == "correction" and page.holder.who == "applicant"
    assert [(p.key, p.text, p.answer) for p in page.correction.points] == [
        ("chip", "芯片号看不清", None), ("name", "名字与登记不符", None),
    ]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        w.answer(filing_id, point_answers={"chip": "900124"})
    assert refused.value.code == "state.correction_answers_missing"
    assert refused.value.fields == {"points.name": "required"}
    w.answer(
        filing_id, answers={**ANSWERS, "chip": "900124"}, point_answers={"chip": "已核对", "name": "名字没错"}
    )
    case = w.case(filing_id)
    assert (case.status, case.revision, case.rounds) == ("received", 2, 1)
    with pytest.raises(Refusal) as again:
        w.ask(case)
    assert again.value.code == "state.correction_reason_missing"
    w.ask(case, reason="第一次未发现")
    assert w.case(filing_id).rounds == 2
    view = reading.open_case_file(w.act(w.chen_qiang), "case", case.id)
    assert [p.answer for p in view.corrections[0].points] == ["已核对", "名字没错"]
    assert view.corrections[1].reason == "第一次未发现" and view.answers["chip"] == "900124"


def test_revisions_are_numbered_complete_and_frozen(w):
    from django.db import IntegrityError, InternalError, transaction

    filing_id = w.file()
    w.ask(w.case(filing_id))
    w.answer(filing_id)
    assert list(FilingRevision.objects.order_by("number").values_list("number", "answers_round")) == [
        (1, None),
        (2, 1),
    ]
    for change in ({"content_digest": "sha-256:" + "0" * 64}, {"content_sealed": b"other"}, {"number": 7}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            FilingRevision.objects.filter(number=1).update(**change)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        FilingCopy.objects.filter(revision=1).delete()
    assert FilingRevision.objects.filter(number=1).update(content_sealed=None) == 1  # erasure stays possible


def test_a_denial_reaches_the_applicant_with_its_reasons(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    with pytest.raises(Refusal) as refused:
        decision.deny(w.act(w.chen_qiang), w.case(filing_id).id, reasons={}, seen=w.case(filing_id).version)
    assert refused.value.code == "state.reason_missing"
    w.deny(w.case(filing_id))
    page = w.page(filing_id)
    assert (page.stage, page.result.outcome, dict(page.result.reasons)) == (
        "completed", "denied", {"conditions_not_met": "未接种疫苗"},
    )  # fmt: skip


def test_a_filing_that_is_not_accepted_closes_with_its_reasons(w):
    filing_id = w.file()
    w.not_accept(w.case(filing_id))
    page = w.page(filing_id)
    assert (page.status, page.stage, page.result.outcome) == ("concluded", "not_accepted", "not_accepted")
    assert dict(page.result.reasons) == {"out_of_scope": "不属于本机关职权"}


def test_a_withdrawal_before_the_decision_closes_the_case(w):
    filing_id = w.file()
    w.withdraw(filing_id)
    assert (w.page(filing_id).stage, w.case(filing_id).close_reason) == ("withdrawn", "withdrawn")


def test_a_withdrawal_that_crosses_the_decision_is_answered_with_too_late_and_both_ends_agree(w):
    filing_id = w.file()
    w.accept(w.case(filing_id))
    case = w.case(filing_id)
    decision.grant(w.act(w.chen_qiang), case.id, result=decision.ResultDraft("1"), seen=case.version)
    filing.request_withdrawal(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)  # not heard yet
    w.settle()
    page = w.page(filing_id)
    assert (page.status, page.stage, w.case(filing_id).close_reason) == (
        "concluded",
        "completed",
        "completed",
    )
    assert "case.withdrawal_refused" in [entry.code for entry in page.timeline]


@pytest.mark.req("R-109")
def test_silence_of_five_working_days_counts_as_acceptance_from_the_day_of_receipt(w):
    filing_id = w.file()
    w.wait(days=8)  # Monday 23 to Tuesday 1: five working days, the holiday not counted
    assert w.case(filing_id).status == "received"
    w.wait(days=1)
    case = w.case(filing_id)
    assert (case.status, case.deemed, case.accepted_on) == ("accepted", True, TODAY)
    assert case.work_due_on == date(2026, 12, 8)
    assert w.page(filing_id).stage == "accepted"
    with pytest.raises(Refusal) as refused:
        review.not_accept(w.act(w.chen_qiang), case.id, reasons={"x": "y"}, seen=case.version)
    assert refused.value.code == "state.step_not_possible"


@pytest.mark.req("R-109")
def test_a_case_that_cannot_be_written_does_not_keep_the_others_from_counting_as_accepted(w):
    broken, whole = w.case(w.file()), w.case(w.file())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON cases_case FOR EACH ROW"
            f" WHEN (NEW.id = '{broken.id}') EXECUTE FUNCTION tongban_refuse_change()"
        )
    w.moved += timedelta(days=9)
    clock.set_offset(w.moved)
    with pytest.raises(IntegrityError):  # told to the operator, after everybody has had their turn
        reactions.deem_acceptance()
    assert {broken.id: "received", whole.id: "accepted"} == dict(Case.objects.values_list("id", "status"))


def test_after_the_fifth_day_nothing_can_be_told_even_before_the_clock_has_struck(w):
    filing_id = w.file()
    clock.set_offset(w.moved + timedelta(days=9))
    with pytest.raises(Refusal) as refused:
        w.ask(w.case(filing_id))
    assert refused.value.code == "state.deemed_accepted"


def test_a_step_on_an_old_version_is_refused_as_stale_and_changes_nothing(w):
    filing_id = w.file()
    case = w.case(filing_id)
    w.accept(case)
    with pytest.raises(Refusal) as refused:
        review.request_correction(
            w.act(w.chen_qiang),
            case.id,
            points=[Point("a", "answer:chip", "wrong", "改")],
            reason="r",
            seen=case.version,
        )
    assert refused.value.code == "state.stale"
    assert w.case(filing_id).status == "accepted"


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({}, {"answers.home": "required", "answers.pet_name": "required", "answers.species": "required"}),
        ({**ANSWERS, "species": "dragon"}, {"answers.species": "enum"}),
        ({**ANSWERS, "owner_id": "630102198806159962"}, {"answers.owner_id": "format"}),
        ({**ANSWERS, "home": "999999"}, {"answers.home": "unknown_region"}),
        ({**ANSWERS, "wings": 2}, {"answers.wings": "unknown_field"}),
    ],
)
def test_wrong_answers_are_refused_field_by_field_and_nothing_is_stored(w, answers, fields):
    with pytest.raises(Refusal) as refused:
        w.file(answers=answers)
    assert (refused.value.code, refused.value.fields) == ("request.invalid", fields)
    assert (
        not Case.objects.exists() and not FilingRevision.objects.exists() and not CaseMirror.objects.exists()
    )


def test_only_the_answers_that_the_item_lets_leave_reach_the_competent_place(w):
    from tongban.cases.models.sealed import unseal

    w.file()
    copy = FilingCopy.objects.get()
    said = unseal(copy.content_sealed, table="copy", id=copy.id, column="content")
    assert set(said["answers"]) == set(ANSWERS) - {"diary"}
    assert set(said["applicant"]) == {"name", "id_number", "mobile"}


def test_a_draft_may_be_half_done_and_becomes_a_filing_when_it_is_complete(w):
    filing_id = w.draft()
    w.save(filing_id, {"pet_name": "旺"})
    with pytest.raises(Refusal):
        filing.submit(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)
    assert w.page(filing_id).answers == {"pet_name": "旺"} and w.page(filing_id).filing_number is None
    w.save(filing_id)
    filing.submit(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)
    page = w.page(filing_id)
    assert page.stage == "pending_delivery" and page.holder.who == "transit"
    assert [out.receiver for out in page.pending] == ["44"]
    w.settle()
    assert w.page(filing_id).pending == () and w.page(filing_id).stage == "received"


def test_a_discarded_draft_is_gone_with_its_answers(w):
    filing_id = w.draft()
    w.save(filing_id)
    filing.discard(w.act(w.li_mei), filing_id, seen=w.filing(filing_id).version)
    assert (w.filing(filing_id).status, w.filing(filing_id).draft_sealed) == ("discarded", None)


def test_somebody_elses_filing_does_not_exist_for_me(w):
    filing_id = w.file()
    for attempt in (
        lambda: w.page(filing_id, w.zhou_tao),
        lambda: filing.request_withdrawal(w.act(w.zhou_tao), filing_id, seen=1),
        lambda: w.page(filing_id, w.wang_fang),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "request.not_found"


def test_a_material_that_is_required_blocks_and_the_item_pins_its_list(w):
    with pytest.raises(Refusal) as refused:
        w.file(entry_key="TEST-PET-3", anchor_region=SHENZHEN)
    assert (refused.value.code, refused.value.fields) == (
        "state.materials_missing",
        {"materials.photo": "required"},
    )


def test_where_any_office_may_decide_the_place_of_intake_is_the_competent_one(w):
    filing_id = w.draft(entry_key="TEST-PET-3", anchor_region=XINING)
    row = w.filing(filing_id)
    assert (row.competent_region, row.item_name, row.entry_key) == (SHENZHEN, "宠物迁居登记", "TEST-PET-3")
    assert row.entry_key != ITEM
