"""Moving a running case to a later version: what changes, what stands against it, and that no date becomes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.cases.rules import deadlines, rebasing
from tongban.cases.rules.lifecycle import part
from tongban.cases.rules.rebasing import Running, changes, judge
from tongban.items.rules.content import material_of
from tongban.kernel.time import Calendar

MONDAY = date(2026, 11, 23)
CALENDAR = Calendar("test", date(2027, 12, 31))
FORM: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["name"],
    "properties": {"name": {"type": "string"}, "kind": {"type": "string", "enum": ["dog", "cat"]},
                   "diary": {"type": "string"}},
}  # fmt: skip
PHOTO = {"key": "photo", "name": "照片", "name_en": "photo", "necessity": "required", "form": "electronic",
         "exempt": False, "accepts": ["image/png"]}  # fmt: skip


def a_version(number: int = 1, *, form: dict[str, Any] | None = None, **changed: Any) -> Any:
    plain = {
        "ref": SimpleNamespace(version=number, digest=f"d{number}{changed}{form}"), "form": form or FORM,
        "materials": (), "modes": ("online", "joint"), "plan": (), "fields_leaving": ("name", "kind"),
        "statutory_days": 20, "promised_days": 10, "tell_once_days": 5, "department": "pets",
        "region_level": "prefecture", "decision_place": "competent_region", "anchor_kind": "own_place",
    }  # fmt: skip
    materials = tuple(material_of(m) for m in changed.pop("materials", ()))
    return SimpleNamespace(**{**plain, **changed, "materials": materials})


def with_fields(required: list[str], **properties: Any) -> dict[str, Any]:
    return {**FORM, "required": required, "properties": {**FORM["properties"], **properties}}


def a_case(**changed: Any) -> Running:
    tell = deadlines.start(5, MONDAY, CALENDAR)
    return replace(Running("received", "online", {"name": "旺财", "kind": "dog"}, frozenset(), tell, None), **changed)


def accepted(days: int = 10, **changed: Any) -> Running:
    tell = deadlines.stop(deadlines.start(5, MONDAY, CALENDAR), MONDAY, CALENDAR)
    return a_case(status="accepted", tell=tell, work=deadlines.start(days, MONDAY, CALENDAR), **changed)


def codes(before: Any, after: Any, case: Running, today: date = MONDAY) -> dict[str, tuple[str, ...]]:
    return {o.code: o.keys for o in judge(before, after, case, today, CALENDAR).obstacles}


def test_two_versions_are_compared_field_by_field() -> None:
    new = with_fields(["kind", "chip"], chip={"type": "string"}, name={"type": "string", "maxLength": 9})
    del new["properties"]["diary"]
    change = changes(a_version(), a_version(2, form=new, materials=[PHOTO], promised_days=5, modes=("online",)))
    assert (change.fields_added, change.fields_removed) == (("chip",), ("diary",))
    assert (change.fields_required, change.fields_freed) == (("kind", "chip"), ("name",))
    assert (change.fields_changed, change.materials_added) == (("name",), ("photo",))
    assert change.limits == (rebasing.LimitChange("promised_days", 10, 5),)
    assert (change.modes_closed, change.plan_changed, change.moved) == (("joint",), False, ())


def test_a_version_compared_with_itself_changes_nothing_and_obstructs_nothing() -> None:
    one = a_version(materials=[PHOTO])
    change = changes(one, one)
    assert not any(getattr(change, name) for name in change.__slots__)
    assert codes(one, one, a_case()) == {}


@pytest.mark.req("R-063")
@pytest.mark.parametrize(
    ("after", "case", "wanted"),
    [
        (a_version(2), a_case(status="granted"), {"already_decided": ()}),
        (a_version(2), a_case(status="correction"), {"correction_open": ()}),
        (a_version(2, modes=("joint",)), a_case(), {"mode_closed": ("online",)}),
        (a_version(2, department="cars"), a_case(), {"competence_changed": ("department",)}),
        (a_version(2, plan=("one",)), a_case(mode="joint"), {"plan_changed": ()}),
        (a_version(2, plan=("one",)), a_case(), {}),
        (a_version(2, materials=[PHOTO]), a_case(), {"materials_missing": ("photo",)}),
        (a_version(2, materials=[PHOTO]), a_case(supplied=frozenset({"photo"})), {}),
        (a_version(2, form=with_fields(["name", "chip"], chip={"type": "string"}),
                   fields_leaving=("name", "chip")), a_case(), {"answers_missing": ("chip",)}),
        (a_version(2, form=with_fields(["name"], kind={"enum": ["cat"]})), a_case(), {"answers_invalid": ("kind",)}),
    ],
)  # fmt: skip
def test_what_stands_against_moving_a_case_is_named(after: Any, case: Running, wanted: dict[str, Any]) -> None:
    assert codes(a_version(), after, case) == wanted


def test_what_stays_at_the_place_of_intake_is_not_missed_here() -> None:
    kept = a_version(2, form=with_fields(["name", "diary"]))
    assert codes(a_version(), kept, a_case()) == {}


def test_an_answer_to_a_field_that_is_gone_does_not_disturb() -> None:
    form = with_fields(["name"])
    del form["properties"]["kind"]
    assert codes(a_version(), a_version(2, form=form), a_case()) == {}


@pytest.mark.req("R-063")
def test_an_open_part_follows_a_decided_one_stays_and_a_later_one_is_called_under_the_new_version() -> None:
    fates = {status: rebasing.fate_of(status) for status in (None, "called", *part.Status)}
    assert fates == {None: "called_then", "called": "follows", "open": "follows", "completed": "stays",
                     "refused": "stays", "lapsed": "stays"}  # fmt: skip


def test_what_was_missing_already_is_no_obstacle() -> None:
    before, after = a_version(materials=[PHOTO]), a_version(2, materials=[PHOTO])
    assert codes(before, after, a_case()) == {}
    nameless = a_case(answers={"kind": "dog"})
    assert codes(a_version(), a_version(2), nameless) == {}


def test_a_shorter_limit_is_taken_over_and_a_longer_one_is_not() -> None:
    shorter = judge(a_version(), a_version(2, promised_days=6), accepted(), MONDAY, CALENDAR)
    assert shorter.work is not None and shorter.work.due is not None
    assert (shorter.work.days, shorter.work.due.on) == (6, date(2026, 12, 1))
    longer = judge(a_version(), a_version(2, promised_days=15), accepted(), MONDAY, CALENDAR)
    assert longer.work == accepted().work


def test_a_limit_that_would_be_over_at_once_stands_against_it() -> None:
    case, after = accepted(), a_version(2, promised_days=3)
    assert codes(a_version(), after, case, MONDAY + timedelta(days=3)) == {}
    assert codes(a_version(), after, case, MONDAY + timedelta(days=4)) == {"limit_passed": ("work",)}


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 30), st.booleans())
def test_no_due_date_ever_becomes_later(days: int, promised: int, gone: int, stopped: bool) -> None:
    case, on = accepted(days), MONDAY + timedelta(days=gone)
    assert case.work is not None
    if stopped:
        case = replace(case, work=deadlines.stop(case.work, on, CALENDAR))
    work = judge(a_version(), a_version(2, promised_days=promised), case, on, CALENDAR).work
    assert work is not None and case.work is not None
    assert work.days <= case.work.days
    assert (work.due is None) == (case.work.due is None)
    if work.due is not None and case.work.due is not None:
        assert work.due.on <= case.work.due.on


@given(st.sampled_from(["received", "correction", "accepted", "not_accepted", "granted", "denied", "delivered",
                        "closed"]), st.sampled_from(["online", "proxy", "joint"]))  # fmt: skip
def test_every_case_gets_a_verdict_and_only_known_obstacles(status: str, mode: str) -> None:
    found = codes(a_version(), a_version(2), a_case(status=status, mode=mode))
    assert set(found) <= set(rebasing.OBSTACLES)
    assert ("already_decided" in found) == (status not in ("received", "accepted", "correction"))
