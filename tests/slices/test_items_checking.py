"""`tongban catalog check` over the data that comes with the program."""

from __future__ import annotations

from datetime import date

import pytest
from tests.catalog_data import reference_data

from tongban.items import checking, queries
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


@pytest.mark.req("R-026")
def test_a_version_carries_its_elements_typed(report):
    driver = queries.open_version("QH2020-2-48", "63", TODAY)
    assert driver.elements.promised_limit.value == driver.promised_days
    assert [m.name for m in driver.elements.materials] == [m.name for m in driver.materials]
    assert driver.elements.legal_basis[0].law.startswith("道路运输条例")


def test_codes_are_looked_up_by_their_day(report):
    assert "1" in checking.codes_on(TODAY)["item_state"]
    assert checking.codes_on(date(2019, 1, 1)) == {}
