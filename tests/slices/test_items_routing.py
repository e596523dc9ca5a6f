"""Every one of the 138 entries goes to one unit from every place it may be asked for, or is 待核 with its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from tests.catalog_data import enrol_the_four, reference_data

from tongban.items import queries, routing
from tongban.organizations.models import Authority

TODAY = date(2026, 11, 22)
OPEN_WORDS = {
    "1-06", "1-13", "1-14", "1-16", "1-17", "1-18", "1-19", "1-20", "1-44", "1-48", "1-49", "2-13", "2-14", "2-15",
    "2-17", "2-18", "2-25", "2-31", "2-32", "2-33", "2-34", "2-35", "2-36", "2-37", "2-38", "2-39", "2-40", "2-41",
    "2-42", "2-48", "2-64", "2-65", "2-72", "3-05", "3-06",
}  # fmt: skip
"""“不受地域限制” and no word about who decides: 待核 until an item manager or an implementation says it."""
PLACES = ("630000", "630100", "630102", "440000", "440300", "440305", "140000", "140100", "140105", "110101", "999999")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.mark.django_db
def test_an_unknown_entry_is_said_to_be_unknown():
    assert routing.route("QH2020-9-99", "own_place", "630000", TODAY) == routing.Unsettled("entry_unknown")


PROVINCES = {"63": ("632801", "630102"), "44": ("440305", "441900"), "14": ("140105", "140302")}


def test_each_of_the_138_goes_to_one_unit_in_each_demo_province_or_says_why_not(loaded):
    known = set(Authority.objects.values_list("code", flat=True))
    open_words, routed = Counter[str](), set[str]()
    for entry in queries.entries(limit=200).items:
        placing = routing.placing(entry.key)
        kinds = routing.places_of(entry.key)
        if not kinds:
            assert placing.decides in ("open", "nobody"), entry.key
            open_words[placing.why] += 1
            found = routing.route(entry.key, "household_place", "440305", TODAY)
            assert found == routing.Unsettled(placing.why)
            continue
        routed.add(entry.key)
        for node, regions in PROVINCES.items():
            version = queries.open_version(entry.key, node, TODAY)
            by_intake = version.decision_place == "intake_region" if version else "any_office" in entry.modes
            for kind in kinds:
                for region in regions:
                    found = routing.route(entry.key, kind, region, TODAY)
                    assert isinstance(found, routing.Route), (entry.key, kind, region, found)
                    assert found.node == node and found.region[:2] == node
                    assert found.decides == ("intake" if by_intake else "anchor"), entry.key
                    assert node != "44" or found.authority_code in known
    assert len(routed) + open_words.total() == 138
    assert open_words["nothing_to_apply_for"] == 2
    assert open_words["no_place_word"] < len(OPEN_WORDS)


def test_the_entries_whose_words_name_no_deciding_place_are_known_by_number(loaded):
    entries = queries.entries(limit=200).items
    words = {e.key.removeprefix("QH2020-") for e in entries if routing.placing(e.key).decides in ("open", "nobody")}
    assert words == OPEN_WORDS | {"2-62", "3-07"}
    still = {e.key.removeprefix("QH2020-") for e in entries if not routing.places_of(e.key)}
    assert still < words, "an implementation settles what the words leave open"
    assert "2-48" in words - still


def test_in_each_demo_province_the_unit_exists_and_elsewhere_there_is_no_node(loaded):
    known = set(Authority.objects.values_list("code", flat=True))
    for key in ("QH2020-2-48", "QH2020-1-05", "QH2020-2-21", "QH2020-3-03"):
        kind = routing.places_of(key)[0]
        for region in PLACES:
            found = routing.route(key, kind, region, TODAY)
            if region == "999999":
                assert found == routing.Unsettled("region_unknown")
            elif region == "110101":
                assert found == routing.Unsettled("no_node")
            elif found == routing.Unsettled("place_too_wide"):  # a whole province names no city and no county
                assert region.endswith("0000")
            else:
                assert isinstance(found, routing.Route)
                assert found.node == region[:2]
                if found.node == "44":  # the node whose organizations are loaded here
                    assert found.authority_code in known, found


def test_where_somebody_implements_the_entry_the_level_is_confirmed(loaded):
    found = routing.route("QH2020-2-48", "issuing_place", "630102", TODAY)
    assert (found.region, found.unit_confirmed, found.decides) == ("630100", True, "anchor")
    used_car = routing.route("QH2020-1-28", routing.FILING_PLACE, "440305", TODAY)
    assert (used_car.region, used_car.unit_confirmed, used_car.decides) == ("440000", False, "intake")


@pytest.mark.req("R-314")
def test_the_permit_of_a_plant_is_decided_by_the_city_of_the_plant_wherever_it_is_filed(loaded):
    for plant, city in (("632801", "632800"), ("440305", "440300"), ("140105", "140100")):
        found = routing.route("QH2020-1-24", "polluter_place", plant, TODAY)
        assert (found.node, found.region, found.department) == (plant[:2], city, "ecology")
        assert (found.unit_confirmed, found.decides) == (True, "anchor")


@pytest.mark.req("R-313")
def test_drugs_are_registered_again_by_the_province_of_registration(loaded):
    found = routing.route("QH2020-1-53", "registered_place", "632801", TODAY)
    assert (found.region, found.unit_confirmed) == ("630000", True)
