"""How far the shipped entries reach, by place and day; what the database refuses; what managers may change."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.catalog_data import enrol_the_four, reference_data

from tongban.items import loading, queries, reach
from tongban.items.models import ItemExemption, ItemScope

TODAY = date(2026, 11, 22)
NEWBORN, FIRST_ID, MARRIAGE, DIVORCE, TIBET = (f"QH2020-{n}" for n in ("3-01", "3-02", "3-03", "3-04", "2-50"))
XINING, SHENZHEN, TAIYUAN, LHASA, GOLMUD, HONG = "630102", "440305", "140105", "540102", "632801", "630100"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.mark.django_db
def test_before_anything_is_loaded_nothing_reaches_anywhere():
    assert reach.scopes(MARRIAGE) == ()
    assert not reach.opening(MARRIAGE, XINING, SHENZHEN, TODAY).open


def test_each_of_the_138_entries_has_a_reach_with_its_source(loaded):
    for entry in queries.entries(limit=200).items:
        own = reach.scopes(entry.key)
        assert own, entry.key
        assert all(s.source and s.words for s in own)


def test_between_the_demo_provinces_every_entry_is_open_today_but_those_that_wait(loaded):
    closed = {
        entry.key
        for entry in queries.entries(limit=200).items
        if not reach.opening(entry.key, SHENZHEN, XINING, TODAY).open
    }
    assert closed == {NEWBORN, DIVORCE}
    before = date(2020, 12, 30)
    assert not any(reach.opening(e.key, SHENZHEN, XINING, before).open for e in queries.entries(limit=200).items)


@pytest.mark.req("R-299")
def test_marriage_is_open_in_the_province_then_in_the_pilot_then_everywhere():
    assert reach.opening(MARRIAGE, XINING, GOLMUD, date(2021, 6, 1)).stage == "trial"
    assert reach.opening(MARRIAGE, SHENZHEN, XINING, date(2021, 6, 1)).state == "not_yet"
    pilot = reach.opening(MARRIAGE, SHENZHEN, XINING, date(2023, 6, 1))
    assert (pilot.state, pilot.until) == ("not_yet", date(2025, 5, 10))
    everywhere = reach.opening(MARRIAGE, LHASA, "659001", date(2026, 1, 1))
    assert (everywhere.state, everywhere.stage) == ("open", "live")


def test_in_the_marriage_pilot_the_regions_open_as_soon_as_somebody_names_them(loaded):
    with transaction.atomic():
        ItemScope.objects.filter(key=f"{MARRIAGE}/2").update(regions_known=True, members=["440000", "630000"])
        _changed()
        assert reach.opening(MARRIAGE, SHENZHEN, XINING, date(2023, 6, 1)).stage == "trial"
        assert reach.opening(MARRIAGE, TAIYUAN, XINING, date(2023, 6, 1)).state == "not_yet"
        transaction.set_rollback(True)
    _changed()


@pytest.mark.req("R-300")
def test_divorce_waits_for_a_condition_and_names_the_pilot_it_waits_for(loaded):
    found = reach.opening(DIVORCE, SHENZHEN, XINING, TODAY)
    assert (found.state, found.why, found.until) == ("not_yet", "condition", None)
    assert [s.depends_on for s in reach.scopes(DIVORCE)] == [MARRIAGE]


@pytest.mark.req("R-298")
def test_a_pilot_inside_the_province_is_open_there_and_nowhere_else(loaded):
    assert reach.opening(NEWBORN, XINING, GOLMUD, TODAY).stage == "trial"
    assert reach.opening(NEWBORN, SHENZHEN, XINING, TODAY).why == "condition"
    assert reach.opening(NEWBORN, TAIYUAN, "140302", TODAY).open is False


@pytest.mark.req("R-052")
def test_before_the_end_of_2021_only_listed_cities_and_afterwards_every_place(loaded):
    early, late = date(2021, 6, 1), date(2021, 12, 31)
    for number in ("21", "22", "23"):
        key = f"QH2020-1-{number}"
        assert reach.opening(key, GOLMUD, HONG, early).open
        assert reach.opening(key, SHENZHEN, GOLMUD, early).until == late
        assert reach.opening(key, SHENZHEN, GOLMUD, late).open


@pytest.mark.req("R-053")
def test_tibet_is_exempted_from_one_entry_and_the_end_is_not_known(loaded):
    found = reach.opening(TIBET, SHENZHEN, LHASA, TODAY)
    assert (found.state, found.region, found.until) == ("exempt", "540000", None)
    assert found.words == "西藏的完成时间可适当延后"
    assert [e.region for e in reach.closed_regions(TIBET, TODAY)] == ["540000"]
    assert reach.opening(TIBET, SHENZHEN, XINING, TODAY).open


def test_the_words_of_every_stage_stand_in_the_annex(loaded):
    import json

    rows = json.loads((loading.DATA_DIR / "items" / "list_2020.json").read_text("utf-8"))["items"]
    text = {r["derived_id"]: "".join((r["name"], r["scenario"], r["deadline"])).replace(",", "，") for r in rows}
    for key, said in text.items():
        assert all(s.words in text[s.entry_key] for s in reach.scopes(key)), key
        assert all(e.words in said for e in reach.exemptions(key))


@pytest.mark.parametrize(
    ("model", "of", "fields", "constraint"),
    [
        (ItemScope, f"{MARRIAGE}/3", {"key": "x"}, "scope_one_a_day"),
        (ItemScope, f"{MARRIAGE}/3", {"key": "x", "area": "y", "kind": "national"}, "scope_kind_known"),
        (ItemScope, f"{MARRIAGE}/3", {"key": "x", "kind": "regional"}, "scope_regional_has_area"),
        (ItemScope, f"{MARRIAGE}/3", {"key": "x", "area": "y", "ends": date(2020, 1, 1)}, "scope_forward"),
        (ItemExemption, f"{TIBET}/540000", {"key": "x", "begins": date(2024, 1, 1)}, "exemption_one_a_day"),
        (ItemExemption, f"{TIBET}/540000", {"key": "x", "ends": date(2020, 1, 1)}, "exemption_forward"),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(loaded, model, of, fields, constraint):
    row = model.objects.filter(pk=of).values().get()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**{**row, **fields})


def test_an_unknown_region_reaches_nothing(loaded):
    assert reach.opening(MARRIAGE, "999999", XINING, TODAY).state == "not_here"


def _changed() -> None:
    from tongban.items import store

    store.forget()
