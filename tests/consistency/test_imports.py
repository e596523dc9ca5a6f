"""The house stands: import contracts hold, planted violations are caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
SLICES = ("journal", "directory", "exchange", "organizations", "identity", "items", "materials", "cases", "guidance")
EDGES = ("portal", "desk", "api", "gate", "ops")
JOURNAL_FACE = {"action", "actions", "queries", "jobs", "subscriptions", "clock", "crash", "vault", "worker", "values"}

JOINS = {
    ("tongban.cases.actions.reading", "tongban.identity.actions"): "record_access commits before the read, no action",
    ("tongban.cases.actions.filing.submitting", "tongban.materials.actions"): "attach_within joins the running action",
}
"""Functions that are not actions and may be called from another slice's, with the reason."""


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(root / "src"), str(root / "wire" / "src")])
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", str(root / "pyproject.toml")],
        cwd=root, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def trespasses(graph: grimp.ImportGraph) -> Iterator[str]:
    """What contracts cannot say: across slices only the public face, and another slice's actions only from some."""
    for importer in sorted(graph.modules):
        parts = importer.split(".")
        if parts[0] != "tongban" or len(parts) < 3 or parts[1] not in (*SLICES, *EDGES, "ui"):
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            other = imported.split(".")
            if other[0] != "tongban" or len(other) < 3 or other[1] not in SLICES or other[1] == parts[1]:
                continue
            if other[2] == "models" or "migrations" in other:
                yield f"{importer} reads the tables of {other[1]}"
            elif other[2] == "adapters":
                yield f"{importer} chooses an adapter; only wiring does"
            elif other[1] not in ("journal", "exchange") and other[2] == "actions" and parts[1] in SLICES:
                allowed = parts[2] in ("reactions", "border", "loading") or (importer, imported) in JOINS
                if not allowed:
                    yield f"{importer} calls actions of {other[1]}"


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("tongban", include_external_packages=False, cache_dir=None)


def test_every_import_contract_holds():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout[-3000:]


def test_no_slice_reaches_into_another(graph):
    assert list(trespasses(graph)) == []


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the house in which violations may be planted."""
    target = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("__pycache__", "templates", "static", "locale")
    shutil.copytree(ROOT / "src" / "tongban", target / "src" / "tongban", ignore=ignore)
    shutil.copytree(ROOT / "wire" / "src" / "tongban_wire", target / "wire" / "src" / "tongban_wire", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


PLANTED = {
    "a rule imports Django": ("cases/rules/modes.py", "import django.db"),
    "a rule reaches Django through another module": ("cases/rules/modes.py", "import tongban.cases.models"),
    "the kernel imports a slice": ("kernel/ids.py", "import tongban.items.queries"),
    "an edge imports another edge": ("portal/apps.py", "import tongban.desk.apps"),
    "an edge reads tables": ("desk/apps.py", "import tongban.cases.models"),
    "a lower slice imports a higher one": ("exchange/apps.py", "import tongban.cases.events"),
    "a slice uses the network": ("items/queries.py", "import httpx2"),
    "the protocol imports the product": ("../../wire/src/tongban_wire/messages.py", "import tongban.kernel.ids"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_is_caught(copy, planted):
    name, line = PLANTED[planted]
    path = (copy / "src" / "tongban" / name).resolve()
    if not path.exists():
        path = path.with_suffix("") / "__init__.py"
    before = path.read_text()
    path.write_text(before + f"\n{line}  # planted\n")
    try:
        assert lint(copy).returncode == 1
    finally:
        path.write_text(before)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("tongban.cases.queries", "tongban.items.models"),
        ("tongban.identity.queries", "tongban.exchange.adapters"),
        ("tongban.cases.queries", "tongban.materials.actions"),
    ],
)
def test_a_planted_trespass_is_caught(graph, importer, imported):
    before = set(trespasses(graph))
    graph.add_import(importer=importer, imported=imported)
    try:
        assert set(trespasses(graph)) != before
    finally:
        graph.remove_import(importer=importer, imported=imported)
