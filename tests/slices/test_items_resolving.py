"""Who decides, asked everywhere: every region of the country × every open item, every entry × every kind of place."""

from __future__ import annotations

from datetime import date

import pytest
from tests.catalog_data import enrol_the_four, reference_data

from tongban.directory import queries as directory
from tongban.items import queries, routing
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.organizations.models import Region

TODAY = date(2026, 11, 22)
RANK = {"province": 1, "prefecture": 2, "county": 3}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        enrol_the_four()
        yield


@pytest.fixture(scope="module")
def regions(loaded) -> list[str]:
    return sorted(Region.objects.values_list("code", flat=True))


@pytest.mark.django_db
def test_before_anything_is_loaded_no_place_is_competent():
    assert routing.route("QH2020-2-48", "own_place", "630000", TODAY) == routing.Unsettled("entry_unknown")


@pytest.mark.req("R-048")
def test_every_region_has_one_deciding_unit_for_every_open_item_or_one_refusal(regions):
    """Exhaustive: 3,212 regions × every entry open at a demo province."""
    assert len(regions) == 3212
    open_ = [queries.open_version(entry.key, "63", TODAY) for entry in queries.filable_entries()]
    versions = [version for version in open_ if version is not None]
    assert len(versions) >= 12
    answered = wide = 0
    for code in regions:
        node, chain = directory.node_of_region(code, TODAY), {r.code: r for r in organizations.chain(code)}
        for version in versions:
            found = queries.resolve(version, code, TODAY)
            if node is None:
                assert isinstance(found, Refusal) and found.code == "state.no_competent_node"
                continue
            if isinstance(found, Refusal):  # too wide a place: the city or the county has to be named
                assert found.code == "request.invalid" and set(found.fields) == {"anchor_region"}
                assert RANK[chain[code].level] < RANK[version.region_level]
                wide += 1
                continue
            answered += 1
            assert found.node == node and found.region in chain  # the unit stands above the anchor, never beside it
            assert RANK[found.region_level] >= RANK[version.region_level] or found.region == code
            assert found.authority_code == f"{found.region}-{version.department}"
    assert answered > 10 * wide > 0
    assert answered + wide == sum(code[:2] in ("63", "44", "14") for code in regions) * len(versions)


@pytest.mark.req("R-313")
def test_every_entry_and_kind_of_place_has_one_route_or_one_reason_in_every_province(loaded):
    """138 entries × every anchor answer × one region of each level in provinces with and without a node."""
    places = ("630000", "630100", "630102", "440000", "440300", "440305", "110101", "999999")
    kinds = [place.kind for place in organizations.anchor_places()] + [routing.FILING_PLACE]
    entries = queries.entries(limit=200).items
    assert len(entries) == 138
    for entry in entries:
        asked = routing.places_of(entry.key)
        for kind in kinds:
            for place in places if kind in asked else places[:1]:
                found = routing.route(entry.key, kind, place, TODAY)
                assert found == routing.route(entry.key, kind, place, TODAY)
                if kind not in asked:
                    assert isinstance(found, routing.Unsettled)
                elif isinstance(found, routing.Route):
                    assert found.node == place[:2]
