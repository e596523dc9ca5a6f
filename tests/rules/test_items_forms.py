"""The shipped forms: right answers pass in every branch, each wrong answer is refused, both ways of checking agree."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests import filled_forms as filled

from tongban.cases.rules import completeness
from tongban.kernel import numbers
from tongban.ui import schema_form

ITEMS = Path(__file__).resolve().parents[2] / "data" / "items"
FORMS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((ITEMS / "forms").glob("*.json"))}
SOURCES = {p.stem: yaml.safe_load(p.read_text("utf-8")) for p in sorted((ITEMS / "implementations").glob("*.yaml"))}


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def found(form, answers):
    return completeness.faults(form["$id"], form, answers)


def test_the_values_the_tests_fill_in_are_right_and_the_wrong_ones_wrong():
    for name, test in numbers.FORMATS.items():
        assert test(filled.BY_FORMAT[name]), name
        assert not test(filled.WRONG_BY_FORMAT[name]), name


@pytest.mark.req("R-099")
def test_a_form_is_json_schema_2020_12_with_both_languages_an_order_and_groups(form):
    jsonschema.Draft202012Validator.check_schema(form)
    properties = form["properties"]
    assert form["additionalProperties"] is False and set(form["x-order"]) == set(properties)
    assert sorted(name for group in form["x-groups"] for name in group["fields"]) == sorted(properties)
    for texts in (form, *form["x-groups"], *properties.values()):
        assert texts["title"] and texts["title_en"].isascii()
        assert ("description" in texts) == ("description_en" in texts)
    for name, rule in properties.items():
        assert rule.get("format", "date") in {"date", *numbers.FORMATS}, name
        for labels in ("x-enum-labels", "x-enum-labels-en"):
            assert list(rule.get(labels, rule.get("enum", ()))) == rule.get("enum", []), name


def test_right_answers_pass_in_every_branch_of_the_form(form):
    branches = list(filled.branches(form))
    assert branches
    for answers in branches:
        assert found(form, answers) == {} == schema_form.check(form, answers)


@pytest.mark.req("R-099")
def test_every_wrong_answer_is_refused_at_its_field_by_the_server_and_the_page(form):
    for answers in filled.branches(form):
        for name in answers:
            spoilt = {**answers, name: filled.wrong_value_of(form["properties"][name])}
            assert name in found(form, spoilt), name
            assert name in schema_form.check(form, spoilt), name


def test_every_question_that_must_be_answered_is_missed_when_it_is_not(form):
    for answers in filled.branches(form):
        for name in schema_form.conditions(form).keys() | set(form["required"]):
            if name in answers and name in {f.name for f in schema_form.fields(form, answers) if f.required}:
                left = {k: v for k, v in answers.items() if k != name}
                assert found(form, left).get(name) == "required", name


def test_an_answer_nobody_asked_for_is_refused(form):
    assert found(form, {**next(filled.branches(form)), "wings": 2}) == {"wings": "unknown_field"}


def test_every_form_belongs_to_one_implementation_and_its_prefills_agree():
    assert sorted(s["form"] for s in SOURCES.values()) == sorted(f"{name}.json" for name in FORMS)
    for shared, known in (("applicant_name", "name"), ("id_number", "id_number"), ("mobile", "mobile")):
        assert {form["properties"][shared]["x-prefill"] for form in FORMS.values()} == {known}


@pytest.mark.parametrize("name", SOURCES)
def test_where_to_reach_the_person_stays_at_the_place_of_intake_and_a_part_sees_no_more_than_the_case(name):
    source = SOURCES[name]
    assert "notice_channel" not in source["fields_leaving"]
    for part in source.get("plan", ()):
        assert set(part["fields_leaving"]) <= set(source["fields_leaving"]), part["key"]


@pytest.mark.parametrize("name", SOURCES)
def test_every_material_can_be_reviewed_and_can_be_satisfied(name):
    for material in SOURCES[name]["materials"]:
        assert material["review_points"] and len(material["review_points"]) == len(material["review_points_en"])
        assert not material["exempt"] or material["exempt_by"]
        if "required_if" in material:
            assert material["accepts"], material["key"]
