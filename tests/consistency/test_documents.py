"""What strangers read is true: commands, links, calls, examples, terms; and the repository names no machine."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tongban import cli

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(
    ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
).stdout.decode().strip("\0").split("\0")  # fmt: skip
PAGES = {name: (ROOT / name).read_text("utf-8") for name in TRACKED if name.endswith(".md") and (ROOT / name).exists()}
OPENAPI = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
INTEGRATOR = (ROOT / "docs" / "integrator.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")


# --- commands and links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_exists(page: str) -> None:
    code = " ".join(re.findall(r"`[^`\n]+`|^```(?:bash|sh)\n.*?^```", PAGES[page], re.MULTILINE | re.DOTALL))
    commands = set(re.findall(r"(?<![\w/.-])tongban ([a-z]+(?:-[a-z]+)*)\b", code))
    assert commands <= set(cli.COMMANDS)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?<![\w-])make ([a-z]+)\b", code)) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    home = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page]):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (home / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}, target


def test_the_index_names_every_page_of_the_documentation() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {n.removeprefix("docs/") for n in PAGES if n.startswith("docs/") and n != "docs/README.md"}
    named = set(re.findall(r"\]\(([^)#\s]+)", index))
    assert sorted(pages - named) == []


def test_decisions_are_numbered_once_and_say_why_and_what_follows() -> None:
    names = sorted(Path(n).name for n in PAGES if n.startswith("docs/decisions/"))
    numbers = [name[:4] for name in names]
    assert len(numbers) == len(set(numbers)) >= 8
    for name in names:
        text = PAGES[f"docs/decisions/{name}"]
        assert text.startswith(f"# {int(name[:4])}. "), name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), name
        assert len(text.splitlines()) <= 60, f"{name} is longer than a page"


# --- the API page -------------------------------------------------------------------------------------------------


def test_the_api_page_names_every_call_and_no_other() -> None:
    named = set(re.findall(r"`((?:GET|POST) /api/v1/[^`]*)`", INTEGRATOR))
    described = {f"{m.upper()} {p}" for p, calls in OPENAPI["paths"].items() for m in calls if m in ("get", "post")}
    assert named == described


def test_the_api_page_names_the_scope_of_every_call() -> None:
    for line in INTEGRATOR.splitlines():
        for method, path in re.findall(r"`(GET|POST) (/api/v1/[^`]*)`", line if line.startswith("|") else ""):
            scope = line.split("|")[2].strip().strip("`")
            needed = OPENAPI["paths"][path][method.lower()].get("security") or []
            scopes = [s for need in needed for s in need.get("Bearer", [])]
            assert scope == (scopes[0] if scopes else "any token" if needed else "none"), f"{method} {path}"


EXAMPLES = re.findall(r"^<!-- (\w+) -->\n```json\n(.*?)^```$", INTEGRATOR, re.MULTILINE | re.DOTALL)


def test_every_example_is_checked() -> None:
    assert len(EXAMPLES) == INTEGRATOR.count("```json") >= 5


@pytest.mark.parametrize(("schema", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_is_what_the_description_says(schema: str, example: str) -> None:
    rule = {**OPENAPI["components"]["schemas"][schema], "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(rule).validate(json.loads(example))


def test_the_example_of_a_filing_fits_the_form_of_its_item() -> None:
    filed = json.loads(dict(EXAMPLES)["NewFiling"])
    form = json.loads((ROOT / "data" / "items" / "forms" / "driver_renewal.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(form).validate(filed["answers"])


# --- the glossary -------------------------------------------------------------------------------------------------

TERMS = re.findall(r"^\| ([^|]*[\u4e00-\u9fff][^|]*) \| `([^|]+)` \| ([^|]*) \|$", GLOSSARY, re.MULTILINE)


def test_the_glossary_binds_each_term_once() -> None:
    assert len(TERMS) >= 60
    identifiers = [identifier for _, identifier, _ in TERMS]
    assert sorted({i for i in identifiers if identifiers.count(i) > 1}) == []


def test_what_the_glossary_says_is_used_is_used() -> None:
    for term, _, where in TERMS:
        for dotted in re.findall(r"`([\w.]+)`", where):
            parts = dotted.split(".")
            for cut in range(len(parts), 0, -1):
                try:
                    found: object = importlib.import_module(".".join(["tongban", *parts[:cut]]))
                except ModuleNotFoundError:
                    continue
                for name in parts[cut:]:
                    fields = getattr(found, "__dataclass_fields__", {}) | getattr(found, "__annotations__", {})
                    assert hasattr(found, name) or name in fields, f"{term}: {dotted}"
                    found = getattr(found, name, None)
                break
            else:
                pytest.fail(f"{term}: {dotted} is no module")


# --- the repository -----------------------------------------------------------------------------------------------

_SLASH = "/"
MACHINES = re.compile(
    rf"(?<![\w.~-]){_SLASH}(?:root|work|home{_SLASH}\w+|Users{_SLASH}\w+){_SLASH}\w|[A-Z]:\\\\Users", re.ASCII
)
REGISTRIES = re.compile(
    "|".join(re.escape(".".join(host)) for host in (
        ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("npmmirror", "com"),
        ("yarnpkg", "com"), ("tuna", "tsinghua", "edu"), ("mirrors", "aliyun", "com"), ("mirrors", "cloud", "tencent"),
    ))
)  # fmt: skip


def test_no_tracked_file_names_a_machines_paths_or_a_registry() -> None:
    told = []
    for name in TRACKED:
        file = ROOT / name
        if not file.is_file():
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINES.search(line) or REGISTRIES.search(line):
                told.append(f"{name}:{number}: {line.strip()[:100]}")
    assert told == []


def test_the_guard_against_paths_and_registries_is_awake() -> None:
    assert MACHINES.search("see " + "/".join(["", "home", "li", "x"]))
    assert not MACHINES.search("GET /api/v1/work/1, https://example.org/root/x, ./work/x")
    assert REGISTRIES.search("https://" + ".".join(["pypi", "org"]) + "/simple")


def test_one_license_everywhere() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").lstrip().startswith("Apache License")
    for name in ("pyproject.toml", "wire/pyproject.toml"):
        assert tomllib.loads((ROOT / name).read_text("utf-8"))["project"]["license"] == "Apache-2.0"
    assert json.loads((ROOT / "package.json").read_text("utf-8")).get("license", "Apache-2.0") == "Apache-2.0"
    assert re.search(r"^  license: Apache-2\.0$", (ROOT / "publiccode.yml").read_text("utf-8"), re.MULTILINE)
    assert OPENAPI["info"]["license"]["identifier"] == "Apache-2.0"
