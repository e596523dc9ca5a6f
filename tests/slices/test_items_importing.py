"""Import and export: every fault named by row and column, everything or nothing, export and import the identity."""

from __future__ import annotations

import json

import pytest
from tests.slices.test_items_publishing import LATER, ONE, OTHER, TODAY

from tongban.items import importing, store
from tongban.items.actions import batches
from tongban.items.current import current
from tongban.items.elements import Elements
from tongban.items.models import BaseItem, Proposal
from tongban.items.rules.sheet import FIRST_ROW, KEYS, TITLES, RowFault, cells_of
from tongban.items.spreadsheets import read_xlsx, write_xlsx
from tongban.kernel.problems import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(catalog_of_44):
    store.forget()
    yield
    store.forget()


def sheet(rows: list[list[str]]) -> bytes:
    return write_xlsx("实施清单", [KEYS, [TITLES[k] for k in KEYS], *rows])


def many(count: int) -> list[list[str]]:
    """Rows of implementations that are not here yet: base items in turn, each at places of its own."""
    codes = sorted(BaseItem.objects.values_list("code", flat=True))
    made = []
    for n in range(count):
        local = Elements(
            address=f"第{n}号窗口", hours="9:00-17:00", consult_phone=f"0755-{10000000 + n}",
            delivery=("电子送达", "快递"), in_hall=n % 2 == 0,
        )  # fmt: skip
        made.append(list(cells_of(f"{codes[n % len(codes)]}/{440000 + n}", LATER, local)))
    return made


PLANT = (
    ("code", "", "code_missing"), ("code", "B1999-9-99", "code_unknown"), ("valid_from", "明天", "date_wrong"),
    ("valid_from", "", "date_missing"), ("visits", "两次", "wrong_shape"), ("in_hall", "也许", "wrong_shape"),
    ("promised_limit", "[5]", "wrong_shape"), ("name", "改了的名称", "uniform"), ("state", "8", "code_not_on_list"),
    ("implementation_code", "12441500196720244X3442199806003", "code_malformed"),
)  # fmt: skip


def test_five_thousand_rows_with_fifty_faults_are_each_named_and_nothing_is_imported(django_assert_max_num_queries):
    rows = many(5_000)
    planted = set()
    for n in range(50):
        at, (column, value, code) = n * 97 + 13, PLANT[n % len(PLANT)]
        rows[at][KEYS.index(column)] = value.replace("-99", f"-{n}")
        planted.add((at + FIRST_ROW, column, code))
    with django_assert_max_num_queries(200):
        run = importing.dry_run(sheet(rows), kind="xlsx", on=TODAY)
    assert {(f.row, f.column, f.code) for f in run.faults} == planted
    assert len(run.faults) == 50
    with pytest.raises(Refusal) as refused:
        batches.import_rows(ONE, run)
    assert refused.value.fields == {"file": "has_faults"}
    assert not Proposal.objects.exists()


@pytest.mark.req("R-031")
def test_a_faultless_file_becomes_versions_when_a_second_person_approves():
    run = importing.dry_run(sheet(many(20)), kind="xlsx", on=TODAY)
    assert (run.faults, run.new, run.changed) == ((), 20, 0)
    batch = batches.import_rows(ONE, run)
    with pytest.raises(Refusal) as alone:
        batches.publish_batch(ONE, batch)
    assert alone.value.code == "permission.second_person"
    assert batches.publish_batch(OTHER, batch) == 20
    made = current("implementation", run.rows[0].code)
    assert (made.version, made.elements.address, made.content["filable"]) == (1, "第0号窗口", False)
    assert made.elements.name == made.base.name, "what is uniform comes from the base item"


def test_a_batch_can_be_given_up_and_its_rows_imported_again():
    run = importing.dry_run(sheet(many(2)), kind="xlsx", on=TODAY)
    batch = batches.import_rows(ONE, run)
    with pytest.raises(Refusal) as open_already:
        batches.import_rows(ONE, run)
    assert open_already.value.code == "state.proposal_open"
    assert batches.discard_batch(OTHER, batch) == 2
    assert batches.import_rows(ONE, run) != batch


@pytest.mark.req("R-032")
@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_export_then_import_changes_nothing(kind):
    exported = importing.export_xlsx() if kind == "xlsx" else importing.export_json()
    run = importing.dry_run(exported, kind=kind, on=TODAY)
    assert (run.rows, run.faults) == ((), ())
    with pytest.raises(Refusal):
        batches.import_rows(ONE, run)


def test_what_is_changed_in_an_export_is_what_the_import_changes():
    cells = [list(row) for row in read_xlsx(importing.export_xlsx())]
    cells[FIRST_ROW - 1][KEYS.index("address")] = "新址"
    run = importing.dry_run(write_xlsx("x", cells), kind="xlsx", on=TODAY)
    assert [(f.column, f.code) for f in run.faults] == [("valid_from", "not_later")]
    cells[FIRST_ROW - 1][KEYS.index("valid_from")] = LATER.isoformat()
    run = importing.dry_run(write_xlsx("x", cells), kind="xlsx", on=TODAY)
    assert (len(run.rows), run.changed, run.rows[0].elements.address) == (1, 1, "新址")


def test_a_fault_in_json_names_the_item_and_the_element():
    whole = json.loads(importing.export_json())
    whole["items"][0]["elements"]["visits"] = "two"
    run = importing.dry_run(json.dumps(whole).encode(), kind="json", on=TODAY)
    assert (run.faults[0].row, run.faults[0].column, run.faults[0].code) == (FIRST_ROW, "visits", "wrong_shape")


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [(b"PK\x03\x04 broken", "xlsx", "not_xlsx"), (b"", "xlsx", "not_xlsx"), (b"{}", "json", "not_json"),
     (b"\xff", "json", "not_json"), (b"0" * (10 * 1024 * 1024 + 1), "xlsx", "too_large")],
)  # fmt: skip
def test_what_is_no_file_of_this_kind_is_said_so(raw, kind, code):
    assert importing.dry_run(raw, kind=kind, on=TODAY).faults == (RowFault(0, "", code),)


def test_heads_and_repeated_rows_are_judged_too():
    row = many(1)[0]
    twice = importing.dry_run(sheet([row, row]), kind="xlsx", on=TODAY)
    assert [(f.row, f.code) for f in twice.faults] == [(4, "row_twice")]
    headless = importing.dry_run(write_xlsx("x", [["名称"], ["x"]]), kind="xlsx", on=TODAY)
    assert headless.faults == (RowFault(0, "code", "column_missing"),)
    odd = importing.dry_run(write_xlsx("x", [[*KEYS, "颜色"], [], row]), kind="xlsx", on=TODAY)
    assert [(f.row, f.column, f.code) for f in odd.faults] == [(1, "颜色", "column_unknown")]
    empty = importing.dry_run(sheet([]), kind="xlsx", on=TODAY)
    assert [f.code for f in empty.faults] == ["nothing_there"]


def test_a_cell_that_looks_like_a_formula_stays_text():
    cells = read_xlsx(write_xlsx("x", [["code"], ["事项代码"], ["+1"]]))
    assert cells[2] == ("+1",)
