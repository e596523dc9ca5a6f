"""Forms from a JSON Schema: what is drawn, what is read, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kernel.numbers import id_check_digit
from tongban.ui import schema_form
from tongban.ui.problems import FAULTS

FORMS = sorted((Path(__file__).parents[2] / "data/items/forms").glob("*.json"))
ID_NUMBER = "63010219900101123" + id_check_digit("63010219900101123")

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "x-order": ["owner", "animal", "count", "moved_on", "place"],
    "x-groups": [{"title": "主人", "title_en": "Owner", "fields": ["owner", "id_number"]}],
    "properties": {
        "animal": {
            "type": "string",
            "enum": ["cat", "dog", "other"],
            "title": "宠物",
            "title_en": "Pet",
            "x-enum-labels": {"cat": "猫", "dog": "狗", "other": "其他"},
            "x-enum-labels-en": {"cat": "Cat", "dog": "Dog", "other": "Other"},
        },
        "which": {"type": "string", "maxLength": 20, "title": "哪一种"},
        "owner": {"type": "string", "minLength": 2, "maxLength": 50, "title": "姓名", "x-prefill": "name"},
        "id_number": {"type": "string", "format": "id-number-cn", "title": "身份证号码"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "title": "数量"},
        "moved_on": {"type": "string", "format": "date", "title": "迁居日期"},
        "place": {"type": "string", "format": "region-code", "title": "迁往", "x-widget": "region"},
        "promise": {"type": "boolean", "const": True, "title": "承诺"},
    },
    "required": ["owner", "animal", "promise"],
    "allOf": [{"if": {"properties": {"animal": {"const": "other"}}}, "then": {"required": ["which"]}}],
}
RIGHT = {"owner": "李梅", "animal": "cat", "promise": "true"}


def faults(**posted: str) -> dict[str, str]:
    return {k: f.code for k, f in schema_form.parse(SCHEMA, {**RIGHT, **posted}).faults.items()}


def test_answers_have_the_types_of_the_schema() -> None:
    posted = {**RIGHT, "count": " 3 ", "moved_on": "2026-11-22", "id_number": ID_NUMBER.lower()}
    parsed = schema_form.parse(SCHEMA, posted)
    assert parsed.faults == {}
    assert parsed.answers == {
        "owner": "李梅",
        "animal": "cat",
        "promise": True,
        "count": 3,
        "moved_on": "2026-11-22",
        "id_number": ID_NUMBER,
    }


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("owner", "", "required"),
        ("owner", "李", "too_short"),
        ("animal", "", "required_choice"),
        ("animal", "horse", "choice"),
        ("count", "three", "integer"),
        ("count", "0", "minimum"),
        ("count", "10", "maximum"),
        ("moved_on", "2026-02-30", "date"),
        ("id_number", ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1"), "id_number"),
        ("promise", "", "accept"),
        ("which", "x" * 21, ""),
    ],
)
def test_each_wrong_answer_has_its_own_fault(field: str, typed: str, code: str) -> None:
    assert faults(**{field: typed}).get(field, "") == code


def test_a_question_under_a_condition_is_asked_only_while_it_holds() -> None:
    drawn = {f.name: f for f in schema_form.fields(SCHEMA, {"animal": "cat"})}
    assert not drawn["which"].asked
    assert {f.name: f for f in schema_form.fields(SCHEMA, {"animal": "other"})}["which"].asked
    assert faults(animal="other") == {"which": "required"}
    assert "which" not in schema_form.parse(SCHEMA, {**RIGHT, "which": "龟"}).answers


def test_a_draft_may_be_half_done_but_not_wrong() -> None:
    assert schema_form.parse(SCHEMA, {}, complete=False).faults == {}
    assert set(schema_form.parse(SCHEMA, {"count": "x"}, complete=False).faults) == {"count"}


def test_a_city_left_over_from_another_province_is_ignored() -> None:
    posted = {**RIGHT, "place.1": "440000", "place.2": "630100", "place.3": "630102"}
    assert schema_form.parse(SCHEMA, posted).answers["place"] == "440000"
    posted = {**RIGHT, "place.1": "630000", "place.2": "630100", "place.3": "630102"}
    assert schema_form.parse(SCHEMA, posted).answers["place"] == "630102"


def test_the_order_and_the_headings_are_those_of_the_schema() -> None:
    drawn = schema_form.fields(SCHEMA, {}, english=True)
    assert [f.name for f in drawn][:2] == ["owner", "animal"]
    groups = schema_form.groups(SCHEMA, drawn, english=True)
    first = next(iter(groups))
    assert (first.title, [f.name for f in first.fields]) == ("Owner", ["owner", "id_number"])
    assert sum(len(g.fields) for g in groups) == len(SCHEMA["properties"])


def test_answers_are_read_back_in_words() -> None:
    read = {f.name: text for f, text in schema_form.shown(SCHEMA, {"animal": "dog", "promise": True})}
    assert read["animal"] == "狗"
    assert read["promise"] == "是"
    assert "which" not in read


def test_only_what_government_knows_is_prefilled() -> None:
    assert schema_form.prefill(SCHEMA, {"name": "李梅", "mobile": ""}) == {"owner": "李梅"}


def test_every_fault_a_form_can_have_has_its_sentence() -> None:
    from tongban.ui import schema_answers

    codes = {*schema_answers._MISSING.values(), *schema_answers._FORMAT_FAULTS.values(), "required"}
    codes |= {"integer", "number", "minimum", "maximum", "too_short", "too_long", "choice", "accept", "pattern"}
    assert codes <= set(FAULTS)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "place.1", "zzz"]), st.text(max_size=60)))
def test_whatever_is_posted_answers_without_faults_satisfy_the_schema(posted: dict[str, str]) -> None:
    parsed = schema_form.parse(SCHEMA, posted)
    assert bool(parsed.faults) == bool(schema_form.check(SCHEMA, parsed.answers)) or parsed.faults
    if not parsed.faults:
        assert schema_form.check(SCHEMA, parsed.answers) == {}
    schema_form.fields(SCHEMA, parsed.answers, faults=parsed.faults)


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_every_form_of_the_catalog_can_be_drawn_in_both_languages(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    for english in (False, True):
        drawn = schema_form.fields(schema, {}, english=english)
        assert {f.name for f in drawn} == set(schema["properties"])
        assert all(f.title != f.name for f in drawn)
        assert all(f.choices for f in drawn if f.widget in ("radio", "select"))
        if english:
            assert not [f.name for f in drawn if any("\u4e00" <= c <= "\u9fff" for c in f.title)]
            hints = {f.hint for f in schema_form.fields(schema, {})} - {""}
            assert not [f.name for f in drawn if f.hint in hints]
            assert not [c for f in drawn for c in f.choices if any("\u4e00" <= x <= "\u9fff" for x in c.label)]
