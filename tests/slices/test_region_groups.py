"""Groups of regions as shipped: types, purposes, many to many."""

from __future__ import annotations

import pytest
from tests.catalog_data import reference_data

from tongban.guidance import queries as guidance
from tongban.organizations import queries as organizations
from tongban.organizations.groups import TYPES, groups


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with reference_data(django_db_blocker):
        yield


@pytest.mark.django_db
def test_groups_need_no_database():
    assert "yellow-river" in groups()


@pytest.mark.req("R-279")
def test_every_group_has_a_type_a_purpose_a_source_and_members_that_exist(loaded):
    for group in groups().values():
        assert group.type in TYPES and group.purpose and group.source and group.name_en
        assert len(set(group.members)) == len(group.members) > 1
        assert all(organizations.region(code) is not None for code in group.members), group.key
    of_qinghai = {key for key, group in groups().items() if "630000" in group.members}
    assert of_qinghai == {"yellow-river", "lan-xi"}
    assert {zone.key for zone in guidance.groups()} < set(groups())
    assert all(zone.members == groups()[zone.key].members for zone in guidance.groups())


def test_the_territory_of_the_annex_is_27_capitals_and_5_planned_cities(loaded):
    members = groups()["capitals-and-planned-cities"].members
    assert len(members) == 32
    assert {organizations.region(code).level for code in members} == {"prefecture"}
