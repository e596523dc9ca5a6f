"""Numbers with check digits have one spelling, and what is said of a fault holds nobody's data."""

from __future__ import annotations

import re

import pytest

from tongban.kernel import ids, numbers
from tongban.kernel.faults import described
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Actor, ActorKind, Post, Role, refuse_operating, system
from tongban.kernel.problems import Refusal

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
ID_NUMBER = "63010419850321997" + numbers.id_check_digit("63010419850321997")


@pytest.mark.parametrize(
    ("is_one", "text"),
    [(numbers.is_id_number, ID_NUMBER), (numbers.is_mobile, "13800138000"),
     (numbers.is_disability_card, ID_NUMBER + "42"), (numbers.is_bank_card, "4111111111111111"),
     (numbers.is_region_code, "440300")],
)  # fmt: skip
def test_full_width_digits_are_another_spelling_that_no_index_would_find(is_one, text):
    assert is_one(text)
    assert not is_one(text.translate(WIDE))
    assert not is_one(text[:-1].translate(WIDE) + text[-1])
    assert not is_one(text + "\n")


def test_what_is_said_of_a_fault_never_quotes_a_value():
    class Diagnosis:
        sqlstate, constraint_name, table_name = "23505", "person_once_per_issuer", "identity_person"

    class Duplicate(Exception):
        diag = Diagnosis()

    quoting = Duplicate("DETAIL: Key (name)=(李梅) already exists.")
    assert described(quoting) == "Duplicate: 23505 person_once_per_issuer"
    assert described(ValueError("invalid literal for int(): '李梅'")) == "ValueError"
    assert described(FileNotFoundError(2, "No such file", "/tmp/李梅.pdf")) == "FileNotFoundError: ENOENT"
    assert described(Refusal("state.stale", seen=3)) == "Refusal: state.stale"


@pytest.mark.parametrize("role", Role)
def test_only_an_operator_and_the_node_itself_operate(role):
    staff = Actor(ActorKind.STAFF, "test", "somebody", NodeId("44"), (Post(role, "440000"),))
    assert staff.operates is (role is Role.OPERATOR)
    refuse_operating(system(NodeId("44")))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        refuse_operating(Actor(ActorKind.APPLICANT, "test", "li-mei", NodeId("44"), (Post(role, "440000"),)))


def test_a_number_kept_for_life_can_be_said_and_typed() -> None:
    numbers = [ids.new_filing_number(ids.NodeId("44")) for _ in range(400)]
    assert all(re.fullmatch(r"44-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", number) for number in numbers)
    assert len({number[-1] for number in numbers}) > 20, "the last sign checks the others"


@pytest.mark.parametrize(
    ("format", "typed", "kept"),
    [("id-number-cn", ID_NUMBER.translate(WIDE), ID_NUMBER),
     ("license-number-cn", " 630104 19850321 997x ", "63010419850321997X"),
     ("mobile-cn", "+86 138 0013 8000", "13800138000"), ("", "１２ 号", "１２ 号")],
)  # fmt: skip
def test_what_is_typed_with_gaps_wide_signs_or_small_letters_is_kept_in_one_spelling(
    format: str, typed: str, kept: str
) -> None:
    assert numbers.one_spelling(format, typed) == kept
