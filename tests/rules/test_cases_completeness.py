"""Answers against the pinned form, files against the pinned list."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cases_world import ANSWERS, FORM, TODAY

from tongban.cases.rules import completeness, content
from tongban.kernel.numbers import id_check_digit
from tongban.kernel.problems import Refusal


@dataclass(frozen=True)
class Wanted:
    key: str
    is_needed: bool = True

    def needed(self, answers):
        return self.is_needed


def test_good_answers_have_no_faults():
    assert completeness.faults("d1", FORM, ANSWERS) == {}


@given(
    st.dictionaries(
        st.sampled_from([*FORM["properties"], "wings"]),
        st.one_of(st.text(max_size=30), st.integers(), st.none()),
    )
)
def test_no_answers_whatever_break_the_check_and_every_fault_names_a_field(answers):
    for name, code in completeness.faults("d1", FORM, answers).items():
        assert name.split(".")[0] in {*FORM["properties"], "wings"}
        assert code in {"required", "type", "format", "enum", "too_short", "too_long", "unknown_field"}


@given(st.integers(10**16, 10**17 - 1))
def test_an_identity_number_is_held_to_its_check_digit(first):
    digits = f"{str(first)[:6]}19900307{str(first)[14:17]}"
    right = id_check_digit(digits)
    wrong = "0" if right != "0" else "1"
    good = {**ANSWERS, "owner_id": digits + right}
    assert completeness.faults("d1", FORM, good) == {}
    assert completeness.faults("d1", FORM, {**good, "owner_id": digits + wrong}) == {"owner_id": "format"}


def test_a_region_must_exist_and_whether_it_does_is_asked_outside():
    def check(known):
        completeness.check("d1", FORM, (), answers=ANSWERS, supplied=(), on=TODAY, is_region=lambda code: code in known)

    check({"440300"})
    with pytest.raises(Refusal) as refused:
        check({"630100"})
    assert refused.value.fields == {"answers.home": "unknown_region"}


def test_every_missing_material_is_named_at_once_and_faults_of_answers_come_first():
    wanted = [Wanted("photo"), Wanted("license"), Wanted("letter", False)]
    assert completeness.missing_materials(wanted, {"license"}, {}) == ("photo",)
    with pytest.raises(Refusal) as refused:
        completeness.check("d1", FORM, wanted, answers=ANSWERS, supplied=(), on=TODAY, is_region=lambda _: True)
    assert refused.value.fields == {"materials.photo": "required", "materials.license": "required"}
    with pytest.raises(Refusal) as refused:
        completeness.check("d1", FORM, wanted, answers={}, supplied=(), on=TODAY, is_region=lambda _: True)
    assert refused.value.code == "request.invalid"


@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=3)), st.sets(st.sampled_from("abcd")))
def test_only_named_answers_leave_and_the_applicant_always(answers, fields):
    said = content.leaving({"applicant": {"name": "李梅"}, "answers": answers}, fields)
    assert set(said["answers"]) == set(answers) & fields
    assert said["applicant"] == {"name": "李梅"}


def test_equal_contents_have_different_digests_under_different_salts():
    one, two = (content.digest(salt, {"a": 1}) for salt in (b"1", b"2"))
    assert one != two and one == content.digest(b"1", {"a": 1})


@pytest.mark.req("R-081")
@pytest.mark.parametrize(
    ("state", "exempt_by", "looked_at"),
    [
        ("supplied", None, True), ("missing", None, True), ("on_site", None, True), ("optional", None, False),
        ("exempt", "license", True), ("exempt", "data", False), ("supplied", "data", True),
    ],
)  # fmt: skip
def test_the_window_looks_at_what_is_before_it_and_at_nothing_that_only_the_deciding_place_can_see(
    state, exempt_by, looked_at
):
    assert completeness.looked_at(state, exempt_by) == looked_at
