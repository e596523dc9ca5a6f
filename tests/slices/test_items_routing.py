"""Every one of the 138 entries goes to one unit from every place it may be asked for, or is 待核 with its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from tests.catalog_data import enrol_the_four, reference_data

from tongban.items import queries, routing
from tongban.organizations import queries as organizations
from tongban.organizations.models import Authority

TODAY = date(2026, 11, 22)
PLACES = ("630000", "630100", "630102", "440000", "440300", "440305", "140000", "140100", "140105", "110101", "999999")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.mark.django_db
def test_an_unknown_entry_is_said_to_be_unknown():
    assert routing.route("QH2020-9-99", "own_place", "630000", TODAY) == routing.Unsettled("entry_unknown")


@pytest.mark.req("R-313")
def test_every_entry_has_one_answer_for_every_kind_of_place_and_region(loaded):
    kinds = [place.kind for place in organizations.anchor_places()]
    entries = queries.entries(limit=200).items
    assert len(entries) == 138
    reasons: Counter[str] = Counter()
    routed = set()
    for number, entry in enumerate(entries):
        asked = routing.places_of(entry.key)
        for kind in {*asked, kinds[number % len(kinds)]}:
            region = "630102" if kind in asked else "440305"
            found = routing.route(entry.key, kind, region, TODAY)
            assert isinstance(found, (routing.Route, routing.Unsettled))
            assert isinstance(found, routing.Route) == (kind in asked and bool(entry.modes))
        if not asked or not entry.modes:
            reasons["no_place_word" if entry.modes else "nothing_to_apply_for"] += 1
        else:
            routed.add(entry.key)
    assert len(routed) + sum(reasons.values()) == 138
    assert reasons["nothing_to_apply_for"] == 2
    assert len(routed) >= 100, reasons


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
            else:
                assert isinstance(found, routing.Route)
                assert found.node == region[:2]
                if found.node == "44":  # the node whose organizations are loaded here
                    assert found.authority_code in known, found


def test_where_somebody_implements_the_entry_the_level_is_confirmed(loaded):
    found = routing.route("QH2020-2-48", "issuing_place", "630102", TODAY)
    assert (found.region, found.unit_confirmed, found.decides) == ("630100", True, "anchor")
    marriage = routing.route("QH2020-3-03", routing.FILING_PLACE, "440305", TODAY)
    assert (marriage.region, marriage.unit_confirmed, marriage.decides) == ("440000", False, "intake")
