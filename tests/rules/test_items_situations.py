"""情形: questions lead to one situation, always; and numbers with check digits that the new forms name."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.elements import Situation
from tongban.items.rules import situations
from tongban.items.rules.situations import Ask
from tongban.items.views import MaterialReq
from tongban.kernel import numbers

FORM = {
    "properties": {
        "kind": {"enum": ["long", "short"]},
        "long": {"enum": ["retired", "posted"]},
        "short": {"enum": ["referral", "other"]},
    }
}
TREE = (
    Situation(key="retired", name="退休", when={"kind": ("long",), "long": ("retired",)}, materials=("permit",)),
    Situation(key="posted", name="派驻", when={"kind": ("long",), "long": ("posted",)}),
    Situation(key="referral", name="转诊", when={"kind": ("short",), "short": ("referral",)}, steps=("转诊",)),
    Situation(key="other", name="其他", when={"kind": ("short",), "short": ("other",)}),
)


def paper(key: str) -> MaterialReq:
    return MaterialReq(key, key, key, "required", "either", False)


@st.composite
def definitions(draw):
    """A tree of questions: each branch asks on or ends in a situation, so nothing overlaps and nothing is missing."""
    form: dict = {"properties": {}}
    leaves: list[Situation] = []

    def grow(when, depth):
        if depth == 0 or (when and draw(st.booleans())):
            leaves.append(Situation(key=f"s{len(leaves)}", name="情形", when=dict(when)))
            return
        name = f"q{len(form['properties'])}"
        values = tuple(f"v{n}" for n in range(draw(st.integers(2, 3))))
        form["properties"][name] = {"enum": list(values)}
        cut = draw(st.integers(1, len(values) - 1))
        for group in (values[:cut], values[cut:]):
            grow({**when, name: group}, depth - 1)

    grow({}, draw(st.integers(1, 3)))
    return tuple(leaves), form


@pytest.mark.req("R-038")
@given(definitions(), st.data())
def test_whatever_is_answered_one_situation_or_one_question_follows(defined, data):
    tree, form = defined
    assert situations.faults(tree, form, materials=(), steps=()) == ()
    names = list(form["properties"])
    answers = data.draw(
        st.dictionaries(st.sampled_from([*names, "else"]), st.sampled_from(["v0", "v1", "v2", "", "x"]))
    )
    found = situations.resolve(tree, form, answers)
    if isinstance(found, Ask):
        assert answers.get(found.field) not in found.values
        return
    fitting = [s for s in tree if all(answers[name] in values for name, values in s.when.items())]
    assert fitting == [found]


@given(definitions())
def test_asking_and_answering_ends_at_every_situation(defined):
    tree, form = defined
    reached = set()
    for way in itertools.product(*(rule["enum"] for rule in form["properties"].values())):
        wanted, answers = dict(zip(form["properties"], way, strict=True)), {}
        while isinstance(found := situations.resolve(tree, form, answers), Ask):
            assert found.field not in answers
            answers[found.field] = wanted[found.field]
        reached.add(found.key)
    assert reached == {s.key for s in tree}


def test_only_the_questions_of_the_branch_are_asked():
    asked = situations.path(TREE, FORM, {"kind": "short"})
    assert [ask.field for ask in asked] == ["kind", "short"]
    assert [ask.field for ask in situations.path(TREE, FORM, {})] == ["kind"]
    answered = {"kind": "long", "long": "posted", "short": "other"}
    assert [ask.field for ask in situations.path(TREE, FORM, answered)] == ["kind", "long"]


def test_an_item_whose_situations_nothing_asks_for_has_none():
    assert situations.resolve((Situation(name="本人申请"),), FORM, {"kind": "long"}) is None


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        (TREE[:3], {"gap"}),
        ((*TREE, Situation(key="twice", name="重", when={"kind": ("long",)})), {"overlap"}),
        ((*TREE, Situation(key="none", name="空", when={"kind": ("never",)})), {"unreachable"}),
        ((*TREE, Situation(key="free", name="自由", when={"note": ("x",)})), {"no_choice"}),
        ((*TREE[:3], Situation(name="无", when=TREE[3].when)), {"no_key"}),
        ((*TREE[:3], Situation(key="posted", name="同", when=TREE[3].when)), {"same_key"}),
        ((*TREE[:3], Situation(key="other", name="其他", when=TREE[3].when, materials=("x",))), {"unknown_material"}),
        ((*TREE[:3], Situation(key="other", name="其他", when=TREE[3].when, steps=("x",))), {"unknown_step"}),
    ],
)
def test_a_definition_with_a_gap_an_overlap_or_a_loose_end_is_named(changed, codes):
    found = situations.faults(changed, FORM, materials=("permit",), steps=("转诊",))
    assert {fault.code for fault in found} == codes
    assert situations.faults(TREE, FORM, materials=("permit",), steps=("转诊",)) == ()


def test_the_materials_of_a_situation_apply_and_all_of_them_while_it_is_not_known():
    papers = (paper("permit"), paper("form"))
    assert situations.applying(papers, TREE[0]) == papers[:1]
    assert situations.applying(papers, TREE[1]) == situations.applying(papers, None) == papers


@pytest.mark.parametrize("changed", ["6301021988061599621", "63010219880615996141X", "6301021988061599628 1"])
def test_a_disability_card_is_the_identity_number_with_type_and_grade(changed):
    assert numbers.is_disability_card("63010219880615996142")
    assert numbers.is_disability_card("63010219880615996142B1")
    assert not numbers.is_disability_card(changed)


@given(st.integers(0, 15), st.integers(1, 9))
def test_a_bank_card_with_one_digit_changed_is_refused(place, step):
    good = "6200000000000005"
    assert numbers.is_bank_card(good)
    changed = good[:place] + str((int(good[place]) + step) % 10) + good[place + 1 :]
    assert not numbers.is_bank_card(changed)
