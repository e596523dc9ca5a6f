"""Whose name stands in the answers, as a pure rule."""

from __future__ import annotations

import pytest

from tongban.cases.rules.identity import faults, proven_answers

FORM = {
    "properties": {
        "applicant_name": {"x-prefill": "name"},
        "id_number": {"x-prefill": "id_number"},
        "mobile": {"x-prefill": "mobile"},
        "partner_name": {},
    }
}
LI_MEI = {"name": "李梅", "id_number": "63010219880615996X", "mobile": "15400000001"}
RIGHT = {"applicant_name": "李梅", "id_number": "63010219880615996X"}


def test_what_is_proven_are_the_questions_that_ask_who_applies() -> None:
    assert proven_answers(FORM, LI_MEI) == RIGHT


@pytest.mark.parametrize(("window", "code"), [(False, "not_yours"), (True, "not_the_person")])
def test_another_persons_name_or_number_is_at_fault_and_says_on_which_side(window: bool, code: str) -> None:
    others = {"applicant_name": "马强", "id_number": "630104198503219974"}
    assert faults(FORM, others, LI_MEI, window=window) == {"applicant_name": code, "id_number": code}


def test_a_small_x_a_mobile_number_and_a_partner_are_no_faults() -> None:
    mine = {**RIGHT, "id_number": "63010219880615996x", "mobile": "15400000009", "partner_name": "马强"}
    assert faults(FORM, mine, LI_MEI, window=False) == {}


def test_without_a_proven_value_nothing_fits() -> None:
    assert faults(FORM, RIGHT, {"name": "李梅"}, window=False) == {"id_number": "not_yours"}
