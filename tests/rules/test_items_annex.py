"""The annex as a sheet: read, written, and every fault named by row and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.annex import MODES, Annex, Batch, Line, as_json, cells_of, from_json, read_annex

ANNEX = json.loads((Path(__file__).resolve().parents[2] / "data" / "items" / "list_2020.json").read_text("utf-8"))
HEAD = ["序号", "“跨省通办”事项", "应用场景", "牵头单位", "配合单位"]
GOOD = [
    ["青海省清单"],
    ["(共2项)"],
    ["一、2022年底前实现“跨省通办”的事项(2项)"],
    HEAD,
    [1, "甲", "可异地申请甲", "省公安厅", "各市州政府, 省民政厅"],
    [2.0, "乙", "可异地申请乙", "省人力资源 社会保障厅", ""],
    ["注:1.可多种方式组合。"],
    ["2.每年12月底前报送。"],
]


def with_(row: int, column: int, value: object) -> list[list[object]]:
    rows: list[list[object]] = [list(r) for r in GOOD]
    rows[row - 1][column] = value
    return rows


def faults(rows: list[list[object]]) -> list[tuple[int, str, str]]:
    annex, found = read_annex(rows)
    assert (annex is None) == bool(found)
    return [(f.row, f.column, f.code) for f in found]


def test_the_printed_form_is_read_whole():
    annex, found = read_annex([["附件"], *GOOD])
    assert found == ()
    assert annex == Annex(
        "青海省清单",
        (Batch("2022年底前实现“跨省通办”的事项"),),
        (
            Line(1, 1, "甲", "可异地申请甲", "省公安厅", ("各市州政府", "省民政厅"), "2022年底前"),
            Line(1, 2, "乙", "可异地申请乙", "省人力资源社会保障厅", (), "2022年底前"),
        ),
        ("注:1.可多种方式组合。", "2.每年12月底前报送。"),
    )


def test_a_table_with_one_column_of_units_and_deadlines_of_its_own_is_read():
    rows = [
        ["清单"], ["三、2021年以后实现“跨省通办”的事项(1项)"],
        ["序号", "“跨省通办”事项", "应用场景", "责任单位", "完成时限", "办理模式"],
        ["1", "结婚登记", "可在所在地办理", "牵头单位: 省民政厅 配合单位: 各市州政府", "力争2025年底前",
         "任一地可办、异地代办代收"],
    ]  # fmt: skip
    assert faults(rows) == [(2, "", "heading_out_of_order")]
    rows[1] = ["一、2021年以后实现“跨省通办”的事项（1项）"]
    annex, _ = read_annex(rows)
    assert annex is not None
    line = annex.lines[0]
    assert (line.lead_unit, line.cooperating_units, line.deadline) == ("省民政厅", ("各市州政府",), "力争2025年底前")
    assert line.modes == ("any_office", "proxy")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (with_(5, 0, ""), [(5, "序号", "missing")]),
        (with_(5, 0, "甲"), [(5, "序号", "number_wrong"), (6, "序号", "number_gap")]),
        (with_(6, 0, 1), [(6, "序号", "number_twice")]),
        (with_(6, 0, 7), [(6, "序号", "number_gap")]),
        (with_(5, 1, ""), [(5, "“跨省通办”事项", "missing")]),
        (with_(6, 1, "甲"), [(6, "“跨省通办”事项", "name_twice")]),
        (with_(5, 2, None), [(5, "应用场景", "missing")]),
        (with_(6, 3, " "), [(6, "牵头单位", "missing")]),
        (with_(4, 4, "颜色"), [(4, "颜色", "column_unknown")]),
        (with_(4, 4, "应用场景"), [(4, "应用场景", "column_twice")]),
        (with_(3, 0, "一、2022年底前实现“跨省通办”的事项(14项)"), [(3, "", "count_differs")]),
        (with_(2, 0, "(共3项)"), [(2, "", "count_differs")]),
        (with_(3, 0, "一、以后的事项(2项)"), [(5, "完成时限", "missing"), (6, "完成时限", "missing")]),
        (with_(5, 2, "长" * 5_001), [(5, "应用场景", "too_long")]),
        ([["题"]], [(0, "", "nothing_there")]),
        ([], [(0, "", "nothing_there"), (0, "", "title_missing")]),
        ([["题"], HEAD, [1, "甲", "场景", "单位", ""]], [(2, "", "heading_missing"), (3, "完成时限", "missing")]),
        ([["x"]] * 5_001, [(0, "", "too_many_rows")]),
    ],
)
def test_every_fault_is_named_by_row_and_column(rows, found):
    missing_seq = {(5, "序号", "missing"), (6, "序号", "number_gap")}
    assert set(faults(rows)) == (missing_seq if found == [(5, "序号", "missing")] else set(found))


def test_units_that_cannot_be_told_apart_and_unknown_modes_are_faults():
    rows = [["清单"], ["一、2021年底前实现的事项(1项)"], ["序号", "事项名称", "应用场景", "责任单位", "办理模式"],
            ["1", "甲", "场景", "省民政厅", "飞鸽传书"]]  # fmt: skip
    assert faults(rows) == [(4, "办理模式", "mode_unknown"), (4, "责任单位", "units_unreadable")]


@pytest.mark.req("R-045")
def test_the_list_of_2020_goes_out_and_comes_back_unchanged():
    lines = tuple(
        Line(
            r["batch"], r["seq"], r["name"], r["scenario"], r["lead_unit"], tuple(r["cooperating_units"]), r["deadline"]
        )
        for r in ANNEX["items"]
    )
    words = ("2020年底前实现“跨省通办”的事项", "2021年底前实现“跨省通办”的事项", "2021年以后实现“跨省通办”的事项")
    whole = Annex(ANNEX["source_title"], tuple(Batch(w, n == 2) for n, w in enumerate(words)), lines, ("注:1.组合。",))
    rows = list(cells_of(whole))
    assert rows[2] == ("一、2020年底前实现“跨省通办”的事项(58项)",)
    assert len(rows) == 2 + 3 * 2 + 138 + 1
    assert read_annex(rows) == (whole, ())
    assert from_json(json.loads(json.dumps(as_json(whole)))) == whole


plain = st.text("甲乙丙丁戊己庚辛(),", min_size=1, max_size=6).map(lambda t: "项" + t)
units = st.text("省厅局民政公安", min_size=2, max_size=5)


@st.composite
def annexes(draw: st.DrawFn) -> Annex:
    batches = tuple(
        Batch(f"{year}年底前实现“跨省通办”的事项", draw(st.booleans()))
        for year in range(2022, 2022 + draw(st.integers(1, 12)))
    )
    names = iter(draw(st.lists(plain, min_size=len(batches), max_size=30, unique=True)))
    lines: list[Line] = []
    for number, batch in enumerate(batches, start=1):
        for seq, name in enumerate([n for n, _ in zip(names, range(draw(st.integers(1, 3))), strict=False)], start=1):
            deadline = draw(st.sampled_from([batch.deadline, "条件成熟时"]))
            modes = tuple(draw(st.lists(st.sampled_from(list(MODES)), unique=True, max_size=2)))
            lines.append(
                Line(
                    number,
                    seq,
                    name,
                    draw(plain),
                    draw(units),
                    tuple(draw(st.lists(units, max_size=3))),
                    deadline,
                    modes,
                )
            )
    notes = tuple(draw(st.lists(plain.map(lambda t: f"注:{t}"), max_size=2)))
    return Annex(draw(plain), batches, tuple(lines), notes)


@given(annexes())
def test_export_then_import_is_the_identity(annex):
    assert read_annex(list(cells_of(annex))) == (annex, ())
