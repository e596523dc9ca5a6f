"""Which requirements the tests claim to prove: ``make requirements``.

Reads the marks ``@pytest.mark.req("R-066", …)`` from the source of the tests, without running them, and sets them
against ``docs/requirements.csv``. Exits 1 when a test claims a requirement that does not exist.
"""

from __future__ import annotations

import ast
import csv
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def claims(folder: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Requirement → the tests that claim it, as ``file::test``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        module_marks = [
            mark
            for node in tree.body
            if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "pytestmark" for t in node.targets)
            for mark in _ids(ast.walk(node.value))
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = [m for decorator in node.decorator_list for m in _ids(ast.walk(decorator))]
                for requirement in dict.fromkeys([*module_marks, *marks]):
                    found[requirement].append(f"{path.relative_to(ROOT)}::{node.name}")
            elif isinstance(node, ast.Assign) and str(name := getattr(node.targets[0], "id", "")).startswith("Test"):
                for requirement in _ids(ast.walk(node.value)):  # TestX = pytest.mark.req("R-001")(Machine.TestCase)
                    found[requirement].append(f"{path.relative_to(ROOT)}::{name}")
    return dict(found)


def _ids(nodes: object) -> list[str]:
    ids = []
    for node in nodes:  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            ids += [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return ids


def requirements() -> dict[str, dict[str, str]]:
    """Every requirement by id, with group, kind and text."""
    with (ROOT / "docs" / "requirements.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def main() -> int:
    known, claimed = requirements(), claims()
    unknown = sorted(set(claimed) - set(known))
    for requirement in sorted(set(claimed) & set(known)):
        print(f"proven    {requirement}  {known[requirement]['requirement'][:100]}")
        for test in claimed[requirement]:
            print(f"            {test}")
    open_software = [r for r in known if r not in claimed and known[r]["kind"] == "SW"]
    print(f"not claimed, software: {' '.join(open_software)}")
    print(f"\n{len(set(claimed) & set(known))} of {len(known)} requirements are claimed by "
          f"{len({t for ts in claimed.values() for t in ts})} tests; {len(open_software)} of kind software are not.")
    for requirement in unknown:
        print(f"unknown requirement {requirement}: {', '.join(claimed[requirement])}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
