"""Lists: the shipped one and the frames, editions by two persons, the annex in and out, yearly reports."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.slices import test_items_publishing as publishing
from tests.slices.test_items_publishing import loaded  # noqa: F401 - the catalog of 44 and the four nodes

from tongban import config as configuration
from tongban.items import lists, loading, queries
from tongban.items.actions import listing
from tongban.items.models import ItemList, ListEdition
from tongban.items.rules.annex import Annex, Batch, Line
from tongban.journal import queries as journal
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Role
from tongban.kernel.problems import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

OURS, FRAME = "GD2022S", "QH2022"
WHOLE = Annex(
    "广东省“省内通办”事项清单",
    (Batch("2023年底前实现“省内通办”的事项"),),
    (
        Line(1, 1, "失业登记", "可在省内任一地申请", "省人力资源社会保障厅", ("各市政府",), "2023年底前", ("online",)),
        Line(1, 2, "演示事项", "可在省内任一地申请", "省公安厅", (), "2023年底前"),
    ),
)


def refusal(call) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


def dry_run(annex: Annex, kind: str = "xlsx", code: str = OURS) -> lists.DryRun:
    raw = lists.as_xlsx(annex) if kind == "xlsx" else lists.as_csv(annex)
    return lists.dry_run(code, raw, kind=kind, on=publishing.TODAY)


def take_in(annex: Annex, day: date) -> int:
    made = listing.submit_edition(publishing.ONE, OURS, dry_run(annex), valid_from=day, basis="粤府办函（演示）")
    return listing.publish_edition(publishing.OTHER, made)


@pytest.mark.req("R-011")
def test_every_list_the_plans_name_is_there_and_only_the_one_with_its_text_is_verified():
    found = {each.code: each for each in lists.all_lists()}
    assert [code for code, each in found.items() if each.verified] == ["QH2020"]
    assert {each.form for each in found.values()} == {"cross_province", "province_wide", "regional"}
    assert (found["QH2020"].expected, found["QH2020"].count) == (138, 138)
    assert [(f.expected, f.due_on) for f in found["SX2021"].frames] == [(128, date(2021, 12, 31)), (8, None)]
    assert all(each.source for each in found.values())


@pytest.mark.req("R-012")
def test_the_province_wide_list_of_shanxi_wants_at_least_seventy():
    row = lists.find("SX2021Q")
    assert row.at_least == 70
    (batch,) = lists.progresses(row, publishing.TODAY, ())
    assert (batch.frame.expected, batch.open, batch.late) == (70, 0, True)


@pytest.mark.req("R-013")
def test_the_frame_of_2022_has_fourteen_three_and_three_and_no_item_is_invented():
    row = lists.find(FRAME)
    assert [(f.expected, f.due_on) for f in row.frames] == [
        (14, date(2022, 12, 31)), (3, date(2023, 6, 30)), (3, date(2023, 12, 31))
    ]  # fmt: skip
    assert (row.expected, row.edition, row.count, row.verified, row.increment) == (20, None, None, False, True)
    assert lists.edition(FRAME) is None
    assert [p.late for p in lists.progresses(row, publishing.TODAY, ())] == [True, True, True]
    assert [p.late for p in lists.progresses(row, date(2022, 12, 31), ())] == [False, False, False]


def test_the_shipped_edition_is_the_annex_and_its_lines_are_the_entries_of_the_catalog():
    first = lists.edition("QH2020")
    assert (first.number, len(first.annex.lines), first.valid_from) == (1, 138, date(2020, 12, 23))
    links = lists.linked(first.annex)
    assert {entry.key for entry in links.values()} == {e.key for e in queries.entries(limit=200).items}
    assert all((entry.batch, entry.seq) == at for at, entry in links.items())
    assert loading.load("44").written == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.req("R-045")
def test_the_list_exported_and_imported_again_changes_nothing(kind):
    whole = lists.edition("QH2020").annex
    run = dry_run(whole, kind, "QH2020")
    assert run.annex == whole
    assert run.faults == () and not run.changes and run.unlinked == ()
    assert refusal(lambda: listing.submit_edition(
        publishing.ONE, OURS, replace(run, annex=None), valid_from=publishing.LATER, basis="x"
    )).fields == {"file": "changes_nothing"}  # fmt: skip


@pytest.mark.req("R-024")
def test_a_new_edition_needs_a_second_person_and_every_edition_can_be_seen_and_compared():
    run = dry_run(WHOLE)
    assert run.unlinked == ("演示事项",)
    made = listing.submit_edition(publishing.ONE, OURS, run, valid_from=publishing.TODAY, basis="粤府办函（演示）")
    assert lists.find(OURS).edition is None
    assert refusal(lambda: listing.publish_edition(publishing.ONE, made)).code == "permission.second_person"
    assert listing.publish_edition(publishing.OTHER, made) == 1
    assert (lists.find(OURS).edition, lists.find(OURS).verified) == (1, True)
    day = publishing.LATER
    assert take_in(replace(WHOLE, lines=WHOLE.lines[:1]), day) == 2
    assert [e.number for e in lists.editions(OURS)] == [2, 1]
    now, later = lists.edition(OURS, on=day - timedelta(days=1)), lists.edition(OURS, on=day)
    assert (now.number, later.number) == (1, 2)
    assert lists.changes(now.annex, later.annex).withdrawn == ("演示事项",)
    assert (now.basis, now.author, now.reviewer) == (
        "粤府办函（演示）",
        publishing.ONE.actor.ref,
        publishing.OTHER.actor.ref,
    )
    assert [f.name for f in journal.facts("list_edition", made)] == [
        "items.edition_submitted",
        "items.edition_published",
    ]


def test_a_file_with_faults_names_them_and_nothing_is_taken_in():
    broken = [[*row] for row in lists.cells_of(WHOLE)]
    broken[4][2], broken[5][0] = "", "7"
    run = lists.dry_run(OURS, lists.write_xlsx("清单", broken), kind="xlsx", on=publishing.TODAY)
    assert [(f.row, f.column, f.code) for f in run.faults] == [(5, "应用场景", "missing"), (6, "序号", "number_gap")]
    refused = refusal(lambda: listing.submit_edition(publishing.ONE, OURS, run, valid_from=publishing.LATER, basis="x"))
    assert refused.fields == {"file": "has_faults"}
    assert not ListEdition.objects.filter(list_code=OURS).exists()
    assert [f.code for f in lists.dry_run(OURS, b"\xff\xfe\x00", kind="csv", on=publishing.TODAY).faults] == ["not_csv"]
    assert [f.code for f in lists.dry_run(OURS, b"nope", kind="xlsx", on=publishing.TODAY).faults] == ["not_xlsx"]


def test_who_may_change_which_list_and_from_when():
    run = dry_run(WHOLE)

    def submit(code: str = OURS, act=publishing.ONE, day: date = publishing.LATER, basis: str = "x"):
        return listing.submit_edition(act, code, run, valid_from=day, basis=basis)

    assert refusal(lambda: submit("SX2021Q")).code == "permission.denied"
    assert refusal(lambda: submit("GW2022")).code == "permission.denied"
    assert refusal(lambda: submit("XX")).code == "request.not_found"
    assert refusal(lambda: submit(act=publishing.manager("wang-fang", Role.CLERK))).code == "permission.denied"
    assert refusal(lambda: submit(basis=" ")).code == "state.reason_missing"
    made = submit()
    assert refusal(submit).code == "state.proposal_open"
    listing.discard_edition(publishing.OTHER, made)
    assert refusal(lambda: listing.publish_edition(publishing.OTHER, made)).code == "request.not_found"
    take_in(WHOLE, publishing.LATER)
    other = dry_run(replace(WHOLE, lines=WHOLE.lines[:1]))
    late = refusal(lambda: listing.submit_edition(publishing.ONE, OURS, other, valid_from=publishing.LATER, basis="x"))
    assert late.code == "state.version_not_later"


def test_the_database_refuses_two_editions_on_one_day_and_a_regional_list_without_its_group():
    row = ListEdition.objects.filter(list_code="QH2020").values().get()
    with pytest.raises(IntegrityError, match="list_edition_one_a_day"), transaction.atomic():
        ListEdition.objects.create(**{**row, "id": None, "number": 2} | {"id": lists.UUID(int=1)})
    with pytest.raises(IntegrityError, match="list_edition_second_person"), transaction.atomic():
        ListEdition.objects.filter(pk=row["id"]).update(reviewer=row["author"])
    with pytest.raises(IntegrityError, match="list_regional_has_area"), transaction.atomic():
        ItemList.objects.filter(code="JJJ").update(area="")


@pytest.mark.req("R-043")
def test_a_province_wide_list_says_time_scenario_and_mode_of_every_item():
    take_in(WHOLE, publishing.TODAY)
    row, found = lists.find(OURS), lists.edition(OURS)
    document = json.loads(lists.as_document(row, found))
    assert document["form"] == "province_wide"
    line = document["lines"][0]
    assert (line["deadline"], line["scenario"], line["modes"]) == ("2023年底前", "可在省内任一地申请", ["online"])
    assert "完成时限" not in lists.as_csv(found.annex).decode(), "the heading says it, as in the annex"
    assert "办理模式" in lists.as_csv(found.annex).decode()


def test_a_cell_like_a_formula_comes_back_from_csv_as_it_was():
    risky = replace(WHOLE, lines=(replace(WHOLE.lines[0], name="=1+1", scenario="'quoted"), WHOLE.lines[1]))
    assert dry_run(risky, "csv").annex == risky


@pytest.fixture
def at_qinghai():
    """This process as the node 63."""
    here = configuration.config()
    configuration.use(replace(here, node_id=NodeId("63")))
    yield replace(publishing.ONE, actor=replace(publishing.ONE.actor, node=NodeId("63")))
    configuration.use(here)


def test_only_the_node_of_the_list_owes_its_reports():
    assert lists.reports_due(publishing.TODAY) == ()
    refused = refusal(lambda: listing.report_progress(publishing.ONE, "QH2020-3-04", publishing.TODAY.year, "进展"))
    assert refused.code == "request.not_found"


@pytest.mark.req("R-259")
def test_the_node_of_the_list_owes_a_report_a_year_for_each_later_entry_until_it_is_sent(at_qinghai):
    year = publishing.TODAY.year
    due = lists.reports_due(publishing.TODAY)
    assert {t.entry_key for t in due if t.year == year} == {"QH2020-3-01", "QH2020-3-04"}, "the others came true"
    assert {(t.year, t.overdue) for t in due} == {(year - 1, True), (year, False)}
    at_2021 = {t.entry_key for t in lists.reports_due(date(2021, 6, 1)) if t.year == 2021}
    assert len(at_2021) == 8
    assert refusal(lambda: listing.report_progress(at_qinghai, "QH2020-3-04", year, "")).code == (
        "state.reason_missing"
    )
    listing.report_progress(at_qinghai, "QH2020-3-04", year, "试点尚未开展")
    assert ("QH2020-3-04", year) not in {(t.entry_key, t.year) for t in lists.reports_due(publishing.TODAY)}
    again = refusal(lambda: listing.report_progress(at_qinghai, "QH2020-3-04", year, "再报"))
    assert again.code == "request.not_found"
