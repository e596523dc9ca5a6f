"""Typed elements, item codes and the data-quality rules of standards §1: pure."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.elements import (
    ELEMENTS,
    Elements,
    Faq,
    FeeItem,
    Limit,
    MaterialElement,
    ProcessStep,
)
from tongban.items.rules import codes, quality
from tongban.items.rules.elements import read_elements, read_field, write_elements

GUANGDONG = "12441500196720244T3442199806003"  # a published code (standards §1.2)
CODES = {"item_type": {"01", "20"}, "case_type": {"1", "2", "9"}, "result_type": {"1", "2", "3", "4"}}


@pytest.mark.req("R-025")
def test_the_published_examples_of_codes_fit_the_rules():
    assert codes.implementation_fault(GUANGDONG) is None
    assert codes.handling_fault(GUANGDONG + "01") is None
    assert [codes.basic_fault(c) for c in ("00013112700Y", "000131127004")] == [None, None]


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_in_a_uscc_is_always_noticed(at, sign):
    code = GUANGDONG[:18]
    wrong = code[:at] + sign + code[at + 1 :]
    assert (codes.uscc_fault(wrong) is None) == (wrong == code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (GUANGDONG[:30], "length"),
        (GUANGDONG[:18] + "8" + GUANGDONG[19:], "level"),
        (GUANGDONG[:19] + "4421998060AB", "shape"),
        ("O" + GUANGDONG[1:], "sign"),
        ("2" + GUANGDONG[1:], "uscc"),
    ],
)
def test_a_wrong_implementation_code_names_its_fault(code, fault):
    assert codes.implementation_fault(code) == fault


def test_old_lengths_and_local_codes_are_kept_as_given():
    assert codes.standing("basic", "0001310001") == "old"
    assert codes.standing("implementation", "0" * 24) == "old"
    assert codes.standing("implementation", "511A0138000000-511602000000-000-X-1-00") == "local"
    given_code = "511A0138000000-511602000000-000"
    assert read_elements({"local_code": given_code})[0].local_code == given_code


def test_the_elements_of_the_four_sources_are_fields_with_both_names():
    assert len(ELEMENTS) == 87
    assert sum(e.need for e in ELEMENTS.values()) == 38
    assert all(e.zh and e.en for e in ELEMENTS.values())
    assert len({e.zh for e in ELEMENTS.values()}) == len(ELEMENTS)
    seven = {"conditions", "handling_forms", "acceptance_mode", "process", "promised_limit", "delivery", "fee_items"}
    assert seven <= set(ELEMENTS)


FULL = Elements(
    name="换证", item_type="01", case_type="2", promised_limit=Limit(value=5, unit="workday"),
    statutory_limit=Limit(value=20, unit="workday"), service_objects=("1",), faq=(Faq(question="问", answer="答"),),
    process=(ProcessStep(name="受理"), ProcessStep(name="审核"), ProcessStep(name="决定"), ProcessStep(name="送达")),
    materials=(MaterialElement(name="身份证", exempt=True, license_type="11100000000013127D001"),),
    result_types=("1",), result_name="从业资格证", result_sample="样本", visits=0, online=True,
    fee=True, fee_basis="文件", fee_items=(FeeItem(name="工本费", standard="10 元"),), pay_online=True,
    consult_phone="0971-1234567", complaint_phone="0971-7654321",
)  # fmt: skip


def faults(**changed: object) -> set[tuple[str, str]]:
    return {(f.code, f.field) for f in quality.findings(replace(FULL, **changed), CODES) if f.code != "missing"}


def test_what_keeps_all_rules_has_no_findings():
    assert faults() == set()


@pytest.mark.req("R-037")
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"case_type": "1"}, ("not_a_form_of_promise", "case_type")),
        ({"promised_limit": Limit(value=0, unit="immediate")}, ("not_a_form_of_promise", "case_type")),
        ({"promised_limit": Limit(value=21, unit="workday")}, ("promised_beyond_statutory", "promised_limit")),
        ({"result_types": ("3",)}, ("license_not_typed", "result_types")),
        ({"result_name": "批复", "result_types": ("1",)}, ("license_not_typed", "result_types")),
        ({"result_sample": None}, ("result_without_sample", "result_sample")),
        ({"visits": 1}, ("visit_without_reason", "visit_reason")),
        ({"online": False, "handling_forms": ("1",)}, ("no_visit_no_way", "handling_forms")),
        ({"visits": 1, "visit_reason": "法", "online_depth": ("5", "6", "7")},
         ("throughout_online_with_visit", "visits")),
        ({"fee_items": ()}, ("fee_incomplete", "fee_items")),
        ({"fee_basis": None}, ("fee_incomplete", "fee_basis")),
        ({"pay_online": None}, ("payment_unknown", "pay_online")),
        ({"fee": False}, ("payment_without_fee", "pay_online")),
        ({"complaint_phone": "0971-1234567"}, ("same_telephone", "complaint_phone")),
        ({"consult_phone": "1234567"}, ("telephone_without_area", "consult_phone")),
        ({"company_themes": ("设立变更",)}, ("theme_not_for_audience", "company_themes")),
        ({"service_objects": ("2",), "person_themes": ("户籍办理",)}, ("theme_not_for_audience", "person_themes")),
        ({"faq": ()}, ("permit_without_faq", "faq")),
        ({"process": (ProcessStep(name="受理"), ProcessStep(name="审核决定"))}, ("step_missing", "process")),
        ({"materials": (MaterialElement(name="照片", exempt=True),)}, ("exempt_unbound", "materials")),
        ({"materials": (MaterialElement(name="其他有关材料"),)}, ("material_open_ended", "materials")),
        ({"cross_province": True}, ("cross_province_incomplete", "intake_duties")),
        ({"item_type": "99"}, ("code_not_on_list", "item_type")),
        ({"implementation_code": "1" * 31}, ("code_malformed", "implementation_code")),
        ({"local_code": "1" * 51}, ("local_code_too_long", "local_code")),
    ],
)  # fmt: skip
def test_each_broken_rule_has_a_finding_of_its_own(changed, found):
    assert found in faults(**changed)


def test_every_finding_of_the_table_can_occur():
    seen = {"missing", "payment_unknown"}
    for mark in test_each_broken_rule_has_a_finding_of_its_own.pytestmark:
        if mark.name == "parametrize":
            seen |= {found[0] for _, found in mark.args[1]}
    assert seen == set(quality.FINDINGS)


def test_writing_and_reading_gives_the_same_elements():
    raw = write_elements(FULL)
    assert read_elements(raw) == (FULL, ())
    assert "annual_check" not in raw, "what is not known is absent, so a later element changes no digest"


def test_a_misread_field_is_named_and_the_others_are_read():
    elements, misread = read_elements({"visits": "two", "name": "换证", "nonsense": 1})
    assert elements.name == "换证"
    assert {(m.field, m.code) for m in misread} == {("visits", "wrong_shape"), ("nonsense", "unknown_field")}
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        read_field("faq", [{"question": "?", "answer": "!", "color": "red"}])
