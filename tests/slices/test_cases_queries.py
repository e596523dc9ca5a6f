"""Views and queues: bounded in queries, masked by default, the same as the verdict, paged without gaps."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases_world import SHENZHEN, TAIYUAN, XINING, World, world
from tests.rules.test_materials_files import png

from tongban.cases import policy, queries
from tongban.cases.actions import decision, filing, reading
from tongban.cases.actions.review import Point
from tongban.cases.models import Case, Part
from tongban.cases.queries import concerning
from tongban.identity import queries as identity
from tongban.kernel.people import Post, Role
from tongban.kernel.problems import Refusal
from tongban.materials import actions as materials

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    with world() as found:
        yield found


def count(call) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return len(captured)


def test_lists_ask_as_many_questions_for_one_row_as_for_many(w):
    w.file()
    mine, desk = (lambda: queries.filings_of(w.li_mei)), (lambda: queries.desk_queue(w.chen_qiang, "cases"))
    mine(), desk()
    one = count(mine), count(desk)
    for _ in range(4):
        w.file()
    assert (count(mine), count(desk)) == one
    assert one[0] <= 5 and one[1] <= 4
    assert len(mine().items) == len(desk().items) == 5


def test_pages_of_a_list_follow_each_other_without_gap_or_repetition(w):
    filed = [w.file() for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = queries.filings_of(w.li_mei, cursor, 2)
        seen += [row.filing_id for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == filed[::-1]
    for garbage in ("x", "!!", "YWJj", "YXxi"):
        with pytest.raises(Refusal) as refused:
            queries.filings_of(w.li_mei, garbage)
        assert refused.value.code == "request.malformed"


def test_the_most_urgent_case_comes_first_and_pages_go_on_from_there(w):
    late = w.file()
    w.accept(w.case(late))  # ten working days
    w.wait(days=1)
    soon = w.file()  # five working days to tell
    rows = queries.desk_queue(w.chen_qiang, "cases", limit=1)
    assert [row.id for row in rows.items] == [w.case(soon).id] and rows.items[0].remaining == 5
    rest = queries.desk_queue(w.chen_qiang, "cases", rows.next)
    assert [row.id for row in rest.items] == [w.case(late).id] and rest.next is None
    assert queries.desk_queue(w.chen_qiang, "cases", filter="accepted").items == rest.items
    assert queries.desk_queue(w.chen_qiang, "cases", filter="overdue").items == ()
    with pytest.raises(Refusal):
        queries.desk_queue(w.chen_qiang, "cases", filter="beautiful")


POSTS = [
    (Post(Role.REVIEWER, region, authority, department),)
    for region in ("630000", XINING, "440000", TAIYUAN, "630102")
    for authority in (None, "630100-pets", "440300-pets")
    for department in (None, "pets", "cars")
]


def test_a_list_shows_exactly_what_the_verdict_allows(w):
    w.file()
    w.file(entry_key="TEST-PET-1", anchor_region=TAIYUAN)
    joint = w.file_jointly()
    Case.objects.filter(filing_id=joint).update(authority=None)
    cases = list(Case.objects.all())
    assert len(cases) == 3
    for posts in [*POSTS, (), (*POSTS[0], *POSTS[20]), (Post(Role.CLERK, "630000"),)]:
        actor = replace(w.chen_qiang, posts=posts)
        listed = {row.id for row in queries.desk_queue(actor, "cases", filter="all").items}
        assert listed == {c.id for c in cases if policy.may_read(actor, c.facts(owner="44"))}, posts


def test_lists_and_unrecorded_views_mask_the_person(w):
    filing_id = w.take_in()
    case = w.case(filing_id)
    assert queries.desk_queue(w.chen_qiang, "cases").items[0].applicant == "赵**"
    for view in (queries.case_view(w.chen_qiang, case.id), w.page(filing_id, w.wang_fang)):
        assert view.applicant.masked and view.applicant.id_number == "630102********8513"
        assert "旺财" not in str(view)


@pytest.mark.req("R-283")
def test_before_a_look_is_recorded_nothing_that_people_wrote_is_shown_to_staff(w):
    filing_id = w.draft(w.wang_fang, "proxy", entry_key="TEST-PET-3", anchor_region=SHENZHEN)
    w.save(filing_id, actor=w.wang_fang)
    materials.add_upload(
        w.act(w.wang_fang), io.BytesIO(png()), "赵铁柱身份证.png", owner_ref=w.wang_fang.ref, filing_id=filing_id,
        requirement_key="photo",
    )  # fmt: skip
    w.check(filing_id, {"photo": True})
    filing.submit(w.act(w.wang_fang), filing_id, seen=w.filing(filing_id).version)
    w.settle()
    w.ask(w.case(filing_id), Point("p1", "general", "unclear", "赵铁柱的照片不清"), actor=w.reviewer_44)
    w.answer(filing_id, w.wang_fang, point_answers={"p1": "赵铁柱已重拍"})
    w.accept(w.case(filing_id), w.reviewer_44)
    granted = decision.ResultDraft(number="证-赵铁柱-1", valid_until=date(2030, 1, 1), text="准予赵铁柱迁居")
    case = w.case(filing_id)
    decision.grant(w.act(w.reviewer_44), case.id, result=granted, seen=case.version)
    w.settle()
    for masked, opened in (
        (queries.case_view(w.reviewer_44, case.id), reading.open_case_file(w.act(w.reviewer_44), "case", case.id)),
        (w.page(filing_id, w.wang_fang), reading.open_case_file(w.act(w.wang_fang), "filing", filing_id)),
        (queries.receipt_view(w.wang_fang, filing_id), queries.receipt_view(w.wang_fang, filing_id, recorded=True)),
    ):
        assert "赵铁柱" in str(opened)
        assert "赵铁柱" not in str(masked)
        assert masked.filing_number == opened.filing_number


def test_before_a_look_is_recorded_the_words_of_a_part_are_not_shown(w):
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    part = w.open_part(filing_id)
    w.complete(part, note="已为李梅办理")
    assert "李梅" in str(reading.open_case_file(w.act(w.reviewer_44), "part", part.id))
    assert "李梅" not in str(queries.part_view(w.reviewer_44, part.id))


def test_opening_a_file_is_recorded_before_and_gives_the_person_in_full(w):
    filing_id = w.take_in()
    case = w.case(filing_id)
    view = reading.open_case_file(w.act(w.chen_qiang), "case", case.id)
    assert (view.applicant.name, view.applicant.masked, view.answers["pet_name"]) == ("赵铁柱", False, "旺财")
    (access,) = identity.accesses_to("nobody", [f"filing:{filing_id}"])
    assert (access.actor_ref, access.case_ref, access.purpose) == (
        w.chen_qiang.ref,
        f"case:{case.id}",
        "review",
    )
    assert {entry.side for entry in view.timeline} == {"intake", "competent"}


@pytest.mark.req("R-283")
def test_somebody_who_may_not_read_is_told_nothing_and_nothing_is_recorded(w):
    filing_id = w.file()
    for actor in (w.reviewer_44, w.wang_fang, w.zhou_tao):
        with pytest.raises(Refusal) as refused:
            reading.open_case_file(w.act(actor), "case", w.case(filing_id).id)
        assert refused.value.code == "request.not_found"
    assert identity.accesses_to("nobody", [f"filing:{filing_id}"]) == []


def test_looks_are_found_by_the_person_they_are_about_wherever_she_signs_in(w):
    filing_id = w.take_in()  # at a window, for somebody without an account
    case, person = w.case(filing_id), w.page(filing_id, w.wang_fang)
    assert person.applicant.masked
    with_file = reading.open_case_file(w.act(w.chen_qiang), "case", case.id)
    id_number = with_file.applicant.id_number
    refs = concerning.references_about("applicant:elsewhere:nobody-yet", id_number)
    assert {f"case:{case.id}", f"filing:{filing_id}"} <= set(refs)
    assert [look.case_ref for look in identity.accesses_to("nobody", refs)] == [f"case:{case.id}"]
    matter = concerning.matters(refs)[f"case:{case.id}"]
    assert (matter.number, matter.item.entry_key, matter.region) == (case.filing_number, case.entry_key, XINING)
    assert concerning.references_about("applicant:elsewhere:nobody-yet", "140106197908089997") == ()


def test_looks_at_a_part_are_found_too(w):
    filing_id = w.file_jointly()
    w.accept(w.case(filing_id), w.reviewer_44)
    part = Part.objects.filter(filing_id=filing_id).first()
    assert part is not None and part.id_number_index
    assert f"part:{part.id}" in concerning.references_about("nobody", identity.profile(w.li_mei).id_number)


def test_the_page_says_who_holds_it_since_when_and_until_when(w):
    filing_id = w.file()
    held = w.page(filing_id).holder
    assert (held.who, held.name, held.until.on.isoformat()) == ("reviewer", "广东省", "2026-12-01")
    w.ask(w.case(filing_id))
    assert (w.page(filing_id).holder.who, w.page(filing_id).holder.until) == ("applicant", None)


def test_every_step_of_a_page_has_its_reason_and_possible_ones_work(w):
    filing_id = w.file()
    steps = {step.step: step for step in w.page(filing_id).possible_steps}
    assert {name for name, step in steps.items() if step.possible} == {"request_withdrawal"}
    assert steps["answer_correction"].params["why"] == "no_open_correction"
    case = queries.case_view(w.chen_qiang, w.case(filing_id).id)
    assert {s.step for s in case.possible_steps if s.possible} == {
        "accept",
        "not_accept",
        "request_correction",
    }
    assert case.step("grant").refusal == "state.step_not_possible"


def test_the_version_moves_with_everything_that_changes_the_page(w):
    filing_id = w.file()
    before = queries.filing_version(w.li_mei, filing_id)
    w.accept(w.case(filing_id))
    assert queries.filing_version(w.li_mei, filing_id) > before
    assert queries.filing_view(w.li_mei, filing_id).version == queries.filing_version(w.li_mei, filing_id)


def test_only_staff_have_a_queue(w):
    for kind in ("cases", "parts", "filings"):
        with pytest.raises(Refusal) as refused:
            queries.desk_queue(w.li_mei, kind)
        assert refused.value.code == "permission.denied"
    assert queries.desk_queue(w.wang_fang, "cases").items == ()
