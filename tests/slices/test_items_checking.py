"""`tongban catalog check` over the data that comes with the program."""

from __future__ import annotations

from datetime import date

import pytest
from tests.catalog_data import reference_data

from tongban.items import checking, checking_reach, queries
from tongban.items.models import ListEntry
from tongban.ops.commands import catalog

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def report(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        yield checking.check(TODAY)


@pytest.mark.django_db
def test_an_empty_catalog_has_nothing_to_check():
    assert checking.check(TODAY) == checking.Report((), ())


def test_the_last_line_names_138_entries_and_no_error(report):
    found = list(catalog.lines(report))
    assert found[-1].startswith("list entries 138; implementations ")
    assert "; errors 0; " in found[-1]
    assert sum("/38 " in line for line in found) == 138 + len(report.implementations)


def test_warnings_are_named_and_the_researched_items_are_more_complete(report):
    assert report.warnings["missing:consult_phone"] >= 138
    known = {c.key: c.known for c in report.entries}
    assert known["QH2020-2-48"] > 20 > known["QH2020-1-01"] > 0


@pytest.mark.req("R-039")
def test_what_each_guide_lacks_is_printed_and_a_researched_one_lacks_little(report):
    gaps = {c.key: set(c.gaps) for c in report.entries}
    assert gaps["QH2020-2-48"] <= {"statutory_limit", "window_contacts"} < gaps["QH2020-1-01"]
    found = list(catalog.lines(report, everything=True))
    assert sum(" guide " in line and "/9 " in line for line in found) == 138
    assert any(line.endswith("× without window_contacts") for line in found)


def test_the_duties_of_both_sides_are_known_where_the_mode_is(report):
    plain = queries.entry("QH2020-1-01")
    assert plain.modes and not plain.modes_confirmed
    row = ListEntry.objects.get(key=plain.key).content["elements"]
    assert plain.lead_unit in row["competent_duty"]
    assert "intake_duties" in row or "proxy" not in plain.modes


@pytest.mark.req("R-026")
def test_a_version_carries_its_elements_typed(report):
    driver = queries.open_version("QH2020-2-48", "63", TODAY)
    assert driver.elements.promised_limit.value == driver.promised_days
    assert [m.name for m in driver.elements.materials] == [m.name for m in driver.materials]
    assert driver.elements.legal_basis[0].law.startswith("道路运输条例")


def test_codes_are_looked_up_by_their_day(report):
    assert "1" in checking.codes_on(TODAY)["item_state"]
    assert checking.codes_on(date(2019, 1, 1)) == {}


def test_lists_reach_and_places_are_checked_without_an_error(report):
    found = checking_reach.check(TODAY)
    assert found.errors == ()
    assert [(row.code, row.listed, row.expected, row.linked) for row in found.lists][:2] == [
        ("QH2020", 138, 138, 138), ("QH2022", 0, 20, 0)
    ]  # fmt: skip
    assert found.decides == {"anchor": 98, "open": 35, "intake": 3, "nobody": 2}
    assert found.warnings["list_without_text"] == len(found.lists) - 1
    assert found.warnings["exemption_without_end"] == 1
    assert found.warnings["pilot_regions_unknown"] == 2
    assert 0 < found.warnings["no_place_word"] < 35
    last = list(catalog.reach_lines(found))[-1]
    assert last.startswith("lists 10; scopes 142; exemptions 1; decided by: anchor 98, ")
    assert "; errors 0; " in last


def test_what_contradicts_itself_is_an_error_by_name(report):
    from django.db import transaction

    from tongban.items import store
    from tongban.items.models import ItemScope, ListEdition

    with transaction.atomic():
        ItemScope.objects.filter(entry_key="QH2020-1-01").delete()
        ItemScope.objects.filter(key="QH2020-1-21/1").update(members=["999999"])
        ListEdition.objects.filter(list_code="QH2020").update(digest="sha-256:0")
        store.forget()
        found = {(f.code, f.what) for f in checking_reach.check(TODAY).errors}
        transaction.set_rollback(True)
    store.forget()
    assert found == {
        ("no_scope", "QH2020-1-01"), ("unknown_region", "QH2020-1-21/1"), ("edition_digest_differs", "QH2020")
    }  # fmt: skip
