"""Freedom of filing and competence of deciding, from the words of the annex."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tongban.items.rules.placing import placing

DATA = Path(__file__).resolve().parents[2] / "data"
ROWS = {r["derived_id"]: r for r in json.loads((DATA / "items" / "list_2020.json").read_text("utf-8"))["items"]}
NOTED = yaml.safe_load((DATA / "items" / "catalog.yaml").read_text("utf-8"))["noted_modes"]
WORDS = tuple(
    p["label"] for p in yaml.safe_load((DATA / "organizations" / "anchor_places.yaml").read_text("utf-8"))["places"]
)


def found(number: str):
    row = ROWS[f"QH2020-{number}"]
    modes = NOTED.get(row["derived_id"], {}).get("modes", row["derived_suggested_modes"])
    return placing(row["scenario"], modes, WORDS)


@pytest.mark.req("R-050")
def test_every_entry_has_both_fields_and_its_quotes_stand_in_its_scenario():
    kinds: Counter[str] = Counter()
    for key, row in ROWS.items():
        one = found(key.removeprefix("QH2020-"))
        kinds[one.decides] += 1
        assert all(word in row["scenario"] for word in one.lifted)
        assert all(w in row["scenario"] or w == "住房公积金缴存地" for w in (*one.deciding, *one.asked_at))
        assert bool(one.deciding) == (one.decides == "anchor")
        assert bool(one.why) == (one.decides in ("nobody", "open"))
        lifted = row["derived_restriction_lifted"]
        assert not lifted or "或".join(one.lifted) == lifted, key
    assert kinds == {"anchor": 98, "open": 35, "intake": 3, "nobody": 2}


@pytest.mark.parametrize(
    ("number", "filing", "decides", "deciding"),
    [
        ("2-01", "anywhere", "anchor", ("户籍地",)),
        ("2-02", "anywhere", "anchor", ("户籍地",)),
        ("1-07", "listed", "anchor", ("转入地", "转出地")),
        ("2-06", "listed", "anchor", ("迁入地", "迁出地")),
        ("2-20", "anywhere", "anchor", ("参保地",)),
        ("2-44", "anywhere", "anchor", ("住房公积金缴存地",)),
        ("2-45", "listed", "anchor", ("住房公积金缴存地",)),
        ("1-24", "anywhere", "anchor", ("排污企业所在地",)),
        ("1-53", "anywhere", "anchor", ("注册地",)),
        ("3-02", "anywhere", "anchor", ("户籍地",)),
        ("3-03", "anywhere", "intake", ()),
        ("1-28", "anywhere", "intake", ()),
        ("2-62", "anywhere", "nobody", ()),
        ("2-35", "anywhere", "open", ()),
    ],
)
def test_lifting_a_restriction_frees_the_filing_and_leaves_the_power_where_it_is(number, filing, decides, deciding):
    one = found(number)
    assert (one.filing, one.decides, one.deciding) == (filing, decides, deciding)


@pytest.mark.req("R-055")
def test_where_several_places_are_lawful_the_applicant_chooses_and_in_joint_handling_all_act():
    choice = found("1-05")
    assert (choice.deciding, choice.together) == (("居住地", "就业地", "参保地", "户籍地"), False)
    assert found("1-04").deciding == ("居住地", "户籍地", "工作地"), "not the place of examination, which is lifted"
    assert found("1-07").together


def test_the_place_of_filing_never_enters_the_area_of_the_license():
    for number in ("1-50", "1-51", "1-52"):
        one = found(number)
        assert (one.filing, one.lifted, one.deciding) == ("anywhere", ("提交申请地点",), ("法定经营地域",))


def test_the_level_of_the_unit_is_taken_from_the_words_where_they_say_it():
    levels = {key: found(key.removeprefix("QH2020-")).level for key in ROWS}
    assert {key: level for key, level in levels.items() if level} == {
        "QH2020-1-24": "prefecture", "QH2020-1-53": "province", "QH2020-1-54": "province"
    }  # fmt: skip


@pytest.mark.req("R-315")
def test_who_files_is_called_as_the_item_says():
    called = {key: found(key.removeprefix("QH2020-")).filer for key in ROWS}
    assert {key for key, filer in called.items() if filer != "申请人"} == {"QH2020-2-41"}
    assert called["QH2020-2-41"] == "汇交人"


@given(st.text(), st.lists(st.sampled_from(["online", "proxy", "any_office"])))
def test_any_words_have_exactly_one_answer(scenario, modes):
    one = placing(scenario, modes, WORDS)
    assert one == placing(scenario, modes, WORDS)
    assert (one.decides == "nobody") == (not modes)
