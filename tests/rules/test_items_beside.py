"""What a window has to do differently for another place: named part by part, nothing for the same version."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from tongban.items.rules.beside import differences
from tongban.items.rules.content import view_of
from tongban.items.views import VersionRef, VersionView

PLAIN: dict[str, Any] = {
    "entry_key": "E", "base_code": "B", "name": "n", "name_en": "n", "modes": ["online", "proxy"],
    "form": {"properties": {"reason": {"title": "换证原因", "enum": ["a", "b"]}, "phone": {"title": "电话"}},
             "required": ["reason"]},
    "materials": [{"key": "photo", "name": "照片", "name_en": "photo", "necessity": "required", "form": "either",
                   "exempt": False, "review_points": ["白底"]},
                  {"key": "id", "name": "身份证", "name_en": "ID", "necessity": "required", "form": "paper",
                   "exempt": True}],
    "statutory_days": 20, "promised_days": 5, "tell_once_days": 5, "anchor_kind": "own_place", "anchor_label": "",
    "anchor_label_en": "", "decision_place": "competent_region", "plan": [], "result_name": "", "result_name_en": "",
    "result_type": "license", "fields_leaving": [], "min_level": 1, "department": "x", "region_level": "county",
    "filable": True, "elements": {"address": "深圳", "service_objects": ["1"], "has_quantity_limit": False},
}  # fmt: skip


def made(**changed: Any) -> VersionView:
    return view_of(
        VersionRef("44", "B", 1, "d"), {**copy.deepcopy(PLAIN), **changed}, valid_from=date(2026, 1, 1), valid_to=None
    )


def named(there: VersionView) -> list[tuple[str, str, str]]:
    return [(d.part, d.key, d.state) for d in differences(made(), there)]


def test_a_version_beside_itself_differs_in_nothing() -> None:
    assert differences(made(), made()) == ()


@pytest.mark.req("R-041")
def test_every_part_that_differs_is_named_in_the_order_of_work() -> None:
    materials = [
        {**PLAIN["materials"][0], "review_points": ["蓝底"], "necessity": "optional"},
        {"key": "lease", "name": "租赁合同", "name_en": "lease", "necessity": "required", "form": "paper",
         "exempt": False},
    ]  # fmt: skip
    form = {
        "properties": {"reason": {"title": "换证原因", "enum": ["a"]}, "chip": {"title": "芯片"}},
        "required": ["chip"],
    }
    there = made(
        modes=["online"], promised_days=3, materials=materials, form=form,
        elements={**PLAIN["elements"], "service_objects": ["1", "2"], "address": "西宁"},
    )  # fmt: skip
    assert named(there) == [
        ("mode", "proxy", "only_here"), ("limit", "promised_days", "differs"),
        ("material", "photo", "differs"), ("review_points", "photo", "differs"),
        ("material", "lease", "only_there"), ("material", "id", "only_here"),
        ("field", "reason", "differs"), ("field", "chip", "only_there"), ("field", "phone", "only_here"),
        ("element", "service_objects", "differs"),
    ]  # fmt: skip


def test_where_the_office_is_and_how_it_is_called_is_no_difference_to_heed() -> None:
    local = {"address": "西宁市", "authority_name": "西宁市局", "implementation_code": "x"}
    assert named(made(elements={**PLAIN["elements"], **local})) == []


def test_both_sides_of_a_difference_are_told() -> None:
    found = differences(made(promised_days=None), made())
    assert [(d.here, d.there, d.state) for d in found] == [(None, 5, "only_there")]
    back = differences(made(), made(promised_days=None))
    assert [(d.here, d.there, d.state) for d in back] == [(5, None, "only_here")]
