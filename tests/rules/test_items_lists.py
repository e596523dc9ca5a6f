"""Editions compared, lines linked to the catalog, batches late or not, yearly reports due. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tongban.items.rules.annex import Annex, Batch, Line
from tongban.items.rules.lists import (
    Changed,
    Frame,
    came_true,
    changes,
    entry_of,
    frames_of,
    plain,
    progress,
    report_tasks,
)
from tongban.items.rules.scopes import Scope

A = Line(1, 1, "失业登记", "可在居住地申请", "省人力资源社会保障厅", ("各市州政府",), "2022年底前")
B = replace(A, seq=2, name="结婚登记（内地居民）")
LIST = Annex("清单", (Batch("2022年底前实现"),), (A, B))


@pytest.mark.req("R-024")
def test_between_two_editions_what_was_added_withdrawn_and_changed_is_named():
    later = replace(LIST, lines=(replace(A, deadline="2023年底前", cooperating_units=()), replace(B, name="离婚登记")))
    found = changes(LIST, later)
    assert (found.added, found.withdrawn) == (("离婚登记",), ("结婚登记（内地居民）",))
    assert found.changed == (
        Changed("失业登记", (("cooperating_units", "各市州政府", ""), ("deadline", "2022年底前", "2023年底前"))),
    )
    assert not changes(LIST, LIST)
    assert changes(None, LIST).added == ("失业登记", "结婚登记（内地居民）")


def test_a_line_means_the_entry_of_its_name_whatever_the_brackets_and_is_never_guessed():
    names = {plain("结婚登记(内地居民)"): "E"}
    assert entry_of(B, names) == "E"
    assert entry_of(replace(B, name="结婚登记"), names) is None


@pytest.mark.req("R-013")
def test_a_batch_is_late_when_its_day_has_passed_with_less_open_than_expected():
    frame = Frame(1, "2022年底前", date(2022, 12, 31), 14)
    names = {plain(A.name): "U", plain(B.name): "M"}
    assert progress(frame, LIST.lines, {"U", "M"}, names, date(2022, 12, 31)).late is False
    behind = progress(frame, LIST.lines, {"U"}, names, date(2023, 1, 1))
    assert (behind.listed, behind.open, behind.late) == (2, 1, True)
    assert not progress(replace(frame, expected=1), LIST.lines, {"U"}, names, date(2023, 1, 1)).late
    assert not progress(replace(frame, expected=None), LIST.lines, {"U", "M"}, names, date(2023, 1, 1)).late
    assert progress(frame, (), (), {}, date(2023, 1, 1)).late, "a frame without its text does not look done"
    assert not progress(replace(frame, due_on=None), (), (), {}, date(2099, 1, 1)).late


@pytest.mark.req("R-259")
def test_every_year_each_later_entry_owes_a_report_that_is_overdue_after_the_year():
    entries = [("QH2020-3-03", "省民政厅", None), ("QH2020-3-08", "省医保局", date(2022, 12, 31))]
    sent = {("QH2020-3-03", 2020), ("QH2020-3-08", 2020), ("QH2020-3-03", 2021)}
    last_day = report_tasks(entries, sent, date(2021, 12, 31))
    assert [(t.entry_key, t.unit, t.year, t.overdue) for t in last_day] == [("QH2020-3-08", "省医保局", 2021, False)]
    new_year = report_tasks(entries, sent, date(2022, 1, 1))
    assert [(t.entry_key, t.year, t.overdue) for t in new_year] == [
        ("QH2020-3-08", 2021, True), ("QH2020-3-03", 2022, False), ("QH2020-3-08", 2022, False)
    ]  # fmt: skip
    assert report_tasks(entries, {(k, y) for k, _, _ in entries for y in (2020, 2021, 2022)}, date(2022, 6, 1)) == ()
    after = report_tasks(entries, sent, date(2023, 6, 1), since=2023)
    assert [t.entry_key for t in after] == ["QH2020-3-03"], "what came true in 2022 owes nothing for 2023"


@pytest.mark.req("R-012")
def test_at_least_seventy_of_a_list_in_one_batch_are_seventy_expected() -> None:
    one = Frame(1, "2021年底前")
    assert frames_of([one], 70, ["x"]) == (replace(one, expected=70),)
    two = (one, Frame(2, "2022年底前", expected=8))
    assert frames_of(two, 70, ["x"]) == two
    assert frames_of([], None, ["2023年底前实现", "其他"]) == (Frame(1, "2023年底前实现"), Frame(2, "其他"))


@pytest.mark.req("R-259")
def test_an_entry_came_true_when_it_is_live_everywhere_and_not_while_it_is_tried_out_or_waits() -> None:
    def stage(key: str, **fields: object) -> Scope:
        return Scope(**{"key": key, "entry_key": "E", "kind": "cross_province", **fields})  # type: ignore[arg-type]

    trial = stage("t", stage="trial", begins=date(2022, 1, 1))
    narrow = stage("n", members=("630000",), begins=date(2022, 1, 1))
    assert came_true([trial, narrow, stage("w")]) is None
    assert came_true([trial, stage("l", begins=date(2025, 5, 10)), stage("m", begins=date(2024, 1, 1))]) == date(
        2024, 1, 1
    )
