"""The tests that claim requirements are awake: a small defect planted in a copy of the source turns each of them red.

For each of ten claimed requirements one line is spoiled and exactly one claiming test is run. The same tests pass on
the unspoiled copy. When the code moves, the line is no longer found and this file says so: plant it anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Defect:
    """``line`` stands exactly once in ``file`` and is replaced by ``spoiled``; ``test`` claims ``requirement``."""

    requirement: str
    what: str
    file: str
    line: str
    spoiled: str
    test: str


DEFECTS = (
    Defect(
        "R-048", "the place of intake may decide", "tongban/cases/rules/reception.py",
        "    if arrival.competent_node != me:",
        "    if arrival.competent_node != me and arrival.intake_node != me:",
        "tests/rules/test_cases_duties.py::test_wherever_papers_are_taken_in_only_the_competent_node_opens_a_case",
    ),
    Defect(
        "R-070", "what data prove is asked for all the same", "tongban/items/views.py",
        'return self.necessity == "required" and not self.exempt',
        'return self.necessity == "required"',
        "tests/rules/test_cases_duties.py::test_what_data_or_a_license_proves_is_never_asked_for",
    ),
    Defect(
        "R-081", "a clerk's post decides", "tongban/cases/policy.py",
        "post.role is Role.REVIEWER and covers(post, facts.region, facts.authority, facts.department)",
        "covers(post, facts.region, facts.authority, facts.department)",
        "tests/rules/test_cases_policy.py::test_without_a_reviewers_post_nobody_takes_a_step_of_a_case",
    ),
    Defect(
        "R-087", "another node's reviewer takes a step", "tongban/cases/policy.py",
        "    if facts.owner != actor.node and actor.kind not in (ActorKind.NODE, ActorKind.APPLICANT):",
        "    if facts.owner != actor.node and actor.kind is ActorKind.CLIENT:",
        "tests/rules/test_cases_policy.py::test_a_reviewer_of_another_node_never_takes_a_step",
    ),
    Defect(
        "R-089", "the next part is called after a refusal", "tongban/cases/rules/joint.py",
        "        if answers[step.key] is not Status.COMPLETED:",
        "        if answers[step.key] is None:",
        "tests/rules/test_cases_joint_plan.py::test_parts_are_called_one_after_another",
    ),
    Defect(
        "R-109", "seven days to tell instead of five", "tongban/cases/rules/corrections.py",
        "TELL_ONCE_DAYS: Final = 5\n",
        "TELL_ONCE_DAYS: Final = 7\n",
        "tests/rules/test_cases_law.py::test_article_32_five_working_days_from_receipt",
    ),
    Defect(
        "R-111", "a resumed clock forgets what was used", "tongban/cases/rules/deadlines.py",
        "    left = clock.days - clock.used\n    if left > 0:",
        "    left = clock.days\n    if left > 0:",
        "tests/rules/test_cases_law.py::test_a_stopped_clock_keeps_its_rest_and_goes_on_with_it",
    ),
    Defect(
        "R-116", "the steps of a case are laid on the place of intake", "tongban/cases/rules/modes.py",
        "        **dict.fromkeys(case.Step, Side.COMPETENT),",
        "        **dict.fromkeys(case.Step, Side.INTAKE),",
        "tests/rules/test_cases_lifecycle.py"
        "::test_every_step_belongs_to_exactly_one_side_and_somebody_takes_it_in_every_mode",
    ),
    Defect(
        "R-124", "what comes too early is applied at once", "tongban/exchange/rules/streams.py",
        "        return NextMove(Move.IDLE, position)\n    return NextMove(Move.GAP, position, (position, min(later)))",
        "        return NextMove(Move.IDLE, position)\n    return NextMove(Move.APPLY, min(later))",
        "tests/rules/test_exchange_streams.py::test_a_gap_names_what_is_missing",
    ),
    Defect(
        "R-313", "the province decides what the city licenses", "tongban/items/rules/competence.py",
        "        if _RANK[region.level] >= _RANK[wanted_level]:",
        "        if _RANK[region.level] <= _RANK[wanted_level]:",
        "tests/rules/test_items_rules.py::test_the_unit_is_of_the_wanted_level_or_the_nearest_that_exists",
    ),
)  # fmt: skip

LEFT_OUT = ("django", "xdist", "cacheprovider", "schemathesis")
"""Plugins that rules can do without; each would cost a second."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source, to be spoiled."""
    target = tmp_path_factory.mktemp("planted")
    ignore = shutil.ignore_patterns("__pycache__", "static", "locale")
    shutil.copytree(ROOT / "src" / "tongban", target / "src" / "tongban", ignore=ignore)
    shutil.copytree(ROOT / "wire" / "src" / "tongban_wire", target / "src" / "tongban_wire", ignore=ignore)
    (target / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\nmarkers =\n  req\n  federation\n  e2e\n")
    return target


def run(copy: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """The tests in a process of their own that imports the copy before anything installed; rules need no Django."""
    environment = {
        **os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1",
        "TONGBAN_HOME": str(copy / "home"), "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / "hypothesis"),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-c", str(copy / "pytest.ini"), "--rootdir", str(ROOT),
         "--import-mode=importlib", *(w for name in LEFT_OUT for w in ("-p", f"no:{name}")), *tests],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def claims() -> dict[str, list[str]]:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import requirements  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return dict(requirements.claims())


def test_every_defect_is_aimed_at_a_test_that_claims_its_requirement() -> None:
    assert len({defect.requirement for defect in DEFECTS}) >= 10
    claimed = claims()
    assert [d.requirement for d in DEFECTS if d.test not in claimed.get(d.requirement, ())] == []


def test_without_a_defect_all_these_tests_pass(copy: Path) -> None:
    done = run(copy, *dict.fromkeys(defect.test for defect in DEFECTS))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: f"{d.requirement} {d.what}")
def test_a_planted_defect_turns_the_claiming_test_red(copy: Path, defect: Defect) -> None:
    path = copy / "src" / defect.file
    before = path.read_text(encoding="utf-8")
    assert before.count(defect.line) == 1, f"{defect.file} has changed: plant this defect anew"
    path.write_text(before.replace(defect.line, defect.spoiled), encoding="utf-8")
    try:
        done = run(copy, defect.test)
    finally:
        path.write_text(before, encoding="utf-8")
    said = done.stdout + done.stderr
    assert done.returncode == 1, f"the test did not notice: {said}"
    assert re.search(r"^1 failed", said, re.MULTILINE), f"it did not fail, it broke: {said}"
    assert defect.test.rpartition("::")[2] in said
