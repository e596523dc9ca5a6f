"""Profiles of uniformity, inheritance and drift: pure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.elements import Elements, LegalBasis, Limit, MaterialElement
from tongban.items.rules.uniformity import (
    INHERITED,
    PROFILES,
    NotLocal,
    Rate,
    changed,
    compare,
    drift,
    inherit,
    rate,
    rates_by_element,
)

BASE = Elements(
    name="换证", national_code="000118101000", item_type="01", legal_basis=(LegalBasis(law="道路运输条例"),),
    statutory_limit=Limit(value=20, unit="workday"), has_quantity_limit=False, annual_check=False,
    annual_report=False, service_objects=("1",), conditions=("有效期满",),
)  # fmt: skip
LOCAL = Elements(address="西宁市城中区", consult_phone="0971-1234567", promised_limit=Limit(value=5, unit="workday"))


@pytest.mark.req("R-027")
def test_ten_same_names_the_ten_of_document_001():
    assert len(PROFILES["ten_same"]) == 10
    local = replace(inherit(BASE, LOCAL, "ten_same"), annual_check=True)
    assert [c.path for c in drift(BASE, local, "ten_same") if c.state == "differs"] == ["annual_check"]


@pytest.mark.req("R-028")
def test_four_same_looks_at_four_elements_only():
    assert PROFILES["four_same"] == ("name", "national_code", "legal_basis", "item_type")
    local = replace(BASE, annual_check=True)
    assert rate(drift(BASE, local, "four_same")) == Rate(4, 4)
    assert rate(drift(BASE, local, "ten_same")) == Rate(9, 10)


def test_ten_elements_are_four_and_six_of_documents_000_and_002():
    assert len(PROFILES["ten_elements"]) == 10
    assert set(PROFILES["four_same"]) < set(PROFILES["ten_elements"])
    assert {"conditions", "service_objects", "process", "materials"} < set(PROFILES["ten_elements"])


@pytest.mark.req("R-031")
def test_an_implementation_inherits_what_is_uniform_and_keeps_what_is_local():
    made = inherit(BASE, LOCAL, "ten_same")
    assert (made.name, made.annual_check, made.address) == ("换证", False, "西宁市城中区")
    assert rate(drift(BASE, made, "ten_same")).percent == 100


@pytest.mark.req("R-033")
@pytest.mark.parametrize("profile", PROFILES)
def test_a_place_cannot_change_what_is_uniform(profile):
    with pytest.raises(NotLocal) as refused:
        inherit(BASE, replace(LOCAL, name="换发从业资格证"), profile)
    assert refused.value.fields == ("name",)


def test_a_place_may_fill_what_the_base_does_not_know():
    made = inherit(BASE, replace(LOCAL, materials=(MaterialElement(name="身份证"),)), "ten_elements")
    assert made.materials[0].name == "身份证"
    assert [c.state for c in drift(BASE, made, "ten_elements") if c.path == "materials"] == ["only_local"]


@given(st.sampled_from(sorted(PROFILES)), st.lists(st.sampled_from(["annual_check", "annual_report"]), unique=True))
def test_the_rate_counts_exactly_the_planted_differences(profile, planted):
    local = replace(inherit(BASE, LOCAL, profile), **dict.fromkeys(planted, True))
    found = drift(BASE, local, profile)
    inside = [p for p in planted if p in PROFILES[profile]]
    assert sorted(c.path for c in found if c.state == "differs") == sorted(inside)
    assert rate(found) == Rate(len(found) - len(inside), len(found))


def test_two_regions_are_compared_element_by_element():
    one, other = inherit(BASE, LOCAL, "ten_same"), replace(inherit(BASE, LOCAL, "ten_same"), address="深圳市")
    differing = [c for c in compare(one, other) if c.state != "same"]
    assert [(c.path, c.base, c.local) for c in differing] == [("address", "西宁市城中区", "深圳市")]


def test_a_limit_is_compared_by_value_and_unit():
    local = replace(BASE, statutory_limit=Limit(value=20, unit="day"))
    assert [c.path for c in drift(BASE, local, "ten_same") if c.state == "differs"] == ["statutory_limit.unit"]


def test_rates_by_element_add_up():
    many = [drift(BASE, BASE, "four_same"), drift(BASE, replace(BASE, name="别名"), "four_same")]
    found = rates_by_element(many)
    assert (found["name"], found["item_type"]) == (Rate(1, 2), Rate(2, 2))
    assert Rate(0, 0).percent is None


@pytest.mark.req("R-035")
def test_what_a_new_base_version_asks_of_places_is_what_it_changed_of_the_uniform():
    assert changed(BASE, replace(BASE, annual_check=True, hours="9-17"), "ten_same") == ("annual_check",)
    assert set(INHERITED["ten_same"]) >= {"statutory_limit", "annual_check"}
