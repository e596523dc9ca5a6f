"""What readers and the engine are told follows the elements, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace

from tongban.items.elements import Elements, FeeItem, LegalBasis, Limit, MaterialElement, ProcessStep
from tongban.items.rules.content import material_of
from tongban.items.rules.told import follow, materials_of

CARD = MaterialElement(name="身份证", necessity="1", form="3", exempt=True)
PHOTO = MaterialElement(name="照片", necessity="2", form="2")
KEPT = [
    {"key": "card", "name": "身份证", "name_en": "Card", "necessity": "required", "form": "either", "exempt": True,
     "exempt_by": "license"},
    {"key": "photo", "name": "照片", "name_en": "Photo", "necessity": "optional", "form": "electronic", "exempt": False,
     "accepts": ["image/jpeg"], "required_if": {"photo_choice": ["new"]}},
]  # fmt: skip


def test_a_renamed_material_keeps_its_key_its_files_and_its_question() -> None:
    made = materials_of(KEPT, (CARD, PHOTO), (CARD, replace(PHOTO, name="近期照片")))
    assert made[0] == KEPT[0]
    assert made[1] == {**KEPT[1], "name": "近期照片", "name_en": ""}


def test_one_taken_out_or_moved_does_not_touch_the_others() -> None:
    assert materials_of(KEPT, (CARD, PHOTO), (PHOTO, CARD)) == [KEPT[1], KEPT[0]]
    assert materials_of(KEPT, (CARD, PHOTO), (PHOTO,)) == [KEPT[1]]


def test_a_new_one_is_uploaded_unless_it_is_paper_or_nobody_hands_it_in() -> None:
    new = (
        MaterialElement(name="证明", necessity="1", form="3"), MaterialElement(name="原件", necessity="1", form="1"),
        MaterialElement(name="系统获取", necessity="1", form="6"),
    )  # fmt: skip
    made = [material_of(m) for m in materials_of(KEPT, (CARD, PHOTO), (CARD, PHOTO, *new))[2:]]
    assert [m.key for m in made] == ["material-1", "material-2", "material-3"]
    assert [m.needed({}) for m in made] == [True, False, False]
    assert [(m.exempt, m.exempt_by) for m in made] == [(False, None), (False, None), (True, "data")]


def test_a_material_that_must_now_be_handed_in_is_no_longer_exempt() -> None:
    (made,) = materials_of(KEPT[:1], (CARD,), (replace(CARD, exempt=False),))
    assert (made["exempt"], made["exempt_by"]) == (False, None)


def test_only_the_parts_of_the_guide_that_changed_are_written() -> None:
    before = Elements(fee=False, conditions=("甲",))
    content = {"guide": {"fee": {"charge": False}, "conditions": [{"text": "甲", "confidence": "low"}], "notes": ["n"]}}
    assert follow(content, before, before) == content
    fees = (FeeItem(name="工本费", standard="10元", reduction_basis="残疾人免收"),)
    guide = follow(content, before, replace(before, fee=True, fee_items=fees, conditions=("甲", "乙")))["guide"]
    assert guide["fee"] == {"charge": True, "detail": "工本费：10元（减免：残疾人免收）"}
    assert guide["conditions"] == [{"text": "甲", "confidence": "low"}, {"text": "乙", "confidence": "high"}]
    assert guide["notes"] == ["n"] and "fee" not in guide["gaps"] and "steps" in guide["gaps"]


def test_what_is_taken_away_is_a_gap_again() -> None:
    before = Elements(
        legal_basis=(LegalBasis(law="某法"),), process=(ProcessStep(name="受理"),), fee=True,
        promised_limit=Limit(value=3, unit="day"),
    )  # fmt: skip
    full = follow({}, Elements(), before)["guide"]
    assert not {"legal_basis", "steps", "fee", "promised_limit"} & set(full["gaps"])
    empty = follow({"guide": full}, before, Elements())["guide"]
    assert {"legal_basis", "steps", "fee", "promised_limit"} <= set(empty["gaps"])
