"""Every code of a closed list that can reach somebody has its sentence; every sentence has a code that is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

from tongban.api import wordings
from tongban.cases import events
from tongban.cases.actions import reading
from tongban.cases.rules import completeness, corrections, modes, stage
from tongban.cases.rules.lifecycle import case, filing, part
from tongban.kernel.people import Role
from tongban.kernel.problems import PROBLEMS
from tongban.materials.rules.faults import Fault
from tongban.portal.pages import accesses
from tongban.ui import problems
from tongban.ui.words import WORDS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tongban"
TREES = {path: ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py") if "migrations" not in path.parts}


def values(*lists: type[StrEnum]) -> set[str]:
    return {member.value for listed in lists for member in listed}


CLOSED: dict[str, set[str]] = {
    "mode": values(modes.Mode),
    "channel": values(modes.Channel),
    "side": values(modes.Side),
    "stage": values(stage.Stage),
    "part_status": values(part.Status) | {"waiting", "called"},
    "outcome": {case.Status.GRANTED.value, case.Status.DENIED.value, case.Status.NOT_ACCEPTED.value},
    "close_reason": values(case.CloseReason),
    "step": {step.value for table in (filing, case, part) for step in table.PEOPLE_STEPS},
    "timeline": {event.name for event in events.EVENTS},
    "correction_code": set(corrections.POINT_CODES),
    "delivery": {duty.delivery for duty in modes.DUTIES.values()},
}
"""The lists of words that a list of the program stands behind: kind of word → the codes that need one."""


@pytest.mark.parametrize("kind", CLOSED)
def test_every_code_of_a_closed_list_has_its_word(kind: str) -> None:
    assert sorted(CLOSED[kind] - set(WORDS[kind])) == []


def test_every_list_of_words_that_pages_ask_for_exists() -> None:
    asked = {
        kind
        for template in SOURCE.rglob("*.html")
        for kind in re.findall(r"""\|word:["'](\w+)["']""", template.read_text("utf-8"))
    }
    assert len(asked) >= 10
    assert sorted(asked - set(WORDS)) == []


def test_every_purpose_role_and_field_of_a_recorded_look_has_its_word() -> None:
    purposes = {
        argument.value
        for node in ast.walk(TREES[SOURCE / "cases" / "actions" / "reading.py"])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_record"
        for argument in node.args[-1:]
        if isinstance(argument, ast.Constant)
    }
    assert len(purposes) == 3
    assert purposes <= set(accesses.PURPOSES)
    assert set(reading.FIELDS) <= set(accesses.FIELDS)
    assert values(Role) <= set(accesses.ROLES)


# --- faults of single fields --------------------------------------------------------------------------------------


def named_faults(under: str) -> Iterator[str]:
    """The fault codes written where a refusal names its fields: ``fields={…: "code"}`` and ``faults[…] = "code"``."""
    for path, tree in TREES.items():
        if not path.is_relative_to(SOURCE / under):
            continue
        for node in ast.walk(tree):
            told: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                given = next((word.value for word in node.keywords if word.arg == "fields"), None)
                told = given.values if isinstance(given, ast.Dict) else []
                told = [given.value] if isinstance(given, ast.DictComp) else told
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith(("faults[", "found[")):
                told = [node.value]
            for value in told:
                branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                yield from (b.value for b in branches if isinstance(b, ast.Constant) and isinstance(b.value, str))


SLICE_FAULTS = {
    *named_faults("cases"),
    *named_faults("materials"),
    *completeness._CODES.values(),
    *values(Fault),
    "invalid",
}


def test_faults_are_found_where_they_are_named() -> None:
    assert {"unknown_region", "not_here", "duplicate", "required", "too_large"} <= SLICE_FAULTS
    assert {"missing", "out_of_range"} <= set(named_faults("identity"))
    assert "given_twice" in set(named_faults("api"))


def test_every_fault_has_its_sentence_on_pages() -> None:
    assert sorted(SLICE_FAULTS - set(problems.FAULTS)) == []


def test_every_fault_has_its_sentence_in_the_api() -> None:
    all_faults = SLICE_FAULTS | set(named_faults("identity")) | set(named_faults("api"))
    assert sorted(all_faults - set(wordings.FAULTS)) == []


# --- problems -----------------------------------------------------------------------------------------------------


def mentioned() -> set[str]:
    """Problem codes that the program raises or answers: written anywhere but in the list and its wordings."""
    lists = {SOURCE / "kernel" / "problems.py", SOURCE / "api" / "wordings.py"}
    return {
        node.value
        for path, tree in TREES.items()
        if path not in lists
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in PROBLEMS
    }


def test_every_problem_of_the_list_can_happen() -> None:
    assert sorted(set(PROBLEMS) - mentioned()) == []


def test_every_refusal_names_a_problem_of_the_list() -> None:
    raised = {
        argument.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant)
    }
    assert len(raised) >= 30
    assert sorted(raised - set(PROBLEMS)) == []


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problem_says_what_is_wrong_and_what_to_do_in_both_languages(code: str) -> None:
    problem = PROBLEMS[code]
    assert re.fullmatch(r"(request|state|permission|peer|node)\.[a-z_]+", code)
    assert 400 <= problem.status <= 503
    chinese, english = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2,}")
    assert chinese.search(problem.title) and chinese.search(problem.remedy)
    assert english.search(problem.title_en) and english.search(problem.remedy_en)
    assert not chinese.search(problem.title_en + problem.remedy_en)
    assert problem.remedy.endswith("。") and problem.remedy_en.endswith(".")
    assert problem.title != problem.remedy
