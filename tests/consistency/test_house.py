"""Habits of the house that neither types nor import contracts can hold: actions, events, routes, sizes."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

import tongban
from tongban.kernel.events import EVENT_NAME, Event
from tongban.ui.page import ROUTES, Audience

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongban"
FILES = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
TREES = {name: ast.parse(text) for name, text in FILES.items() if "/migrations/" not in name}
EDGES = ("portal", "desk", "api", "gate", "ops")


# --- actions ------------------------------------------------------------------------------------------------------

NO_ACTIONS = {
    "tongban.cases.actions.reading.open_case_file": "a look: its access row is committed before anything is read",
    "tongban.materials.actions.add_upload": "streams and inspects the file first, then calls its action",
    "tongban.directory.actions.look_for_newer_soon": "a wish and no fact: a periodic duty comes earlier",
    "tongban.exchange.actions.receiving.accept_batch": "the exchange stands below facts: bytes before any effect",
}
"""What edges may call in ``actions`` although it is no action, and why."""


def calls_of_edges() -> set[str]:
    """Dotted names of the functions in some slice's ``actions`` that an edge calls."""
    found = set()
    for name, tree in TREES.items():
        if name.partition("/")[0] not in EDGES:
            continue
        imported: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and re.match(r"tongban\.\w+", node.module or ""):
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    if re.match(r"tongban\.\w+\.actions\b", whole):
                        imported[alias.asname or alias.name] = whole
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                head, _, rest = ast.unparse(node.func).partition(".")
                if head in imported:
                    found.add(imported[head] + (f".{rest}" if rest else ""))
    return found


def resolve(dotted: str) -> object:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_whatever_an_edge_does_is_an_action() -> None:
    called = {dotted: resolve(dotted) for dotted in calls_of_edges()}
    functions = {dotted: made for dotted, made in called.items() if inspect.isfunction(made)}
    assert len(functions) >= 20
    assert sorted(
        f"{made.__module__}.{made.__name__}" for made in functions.values()
        if not getattr(made, "is_action", False) and f"{made.__module__}.{made.__name__}" not in NO_ACTIONS
    ) == []  # fmt: skip
    assert all(resolve(name) for name in NO_ACTIONS), "an exception that is gone"


def functions_with(decorator: str) -> dict[str, ast.FunctionDef]:
    return {
        f"{name}::{node.name}": node
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(d) == decorator for d in node.decorator_list)
    }


def test_actions_stand_under_actions_and_begin_with_the_act() -> None:
    actions = functions_with("action")
    assert len(actions) >= 30
    assert [name for name in actions if not re.match(r"\w+/actions(/|\.py::)", name)] == []
    assert [name for name, node in actions.items() if node.args.args[0].arg not in ("act", "_act")] == []
    assert [name for name, node in actions.items() if node.name[0] != "_" and not ast.get_docstring(node)] == []


WRITERS = {
    "journal/": "keeps facts and jobs",
    "items/loading": "load data files, which are no facts of a person",
    "organizations/loading.py": "loads data files",
    "identity/loading.py": "loads the invented people",
    "exchange/": "state of transport: below facts, with tables of its own",
    "guidance/keeping.py": "counts and copies of what others publish: nobody's data, no facts",
    "api/idempotency.py": "keeps the answer in the same transaction as the filing",
    "identity/actions/access.py": "a row for a look, committed before the look",
}
"""Where rows are written outside actions, and why."""
CHANGES = re.compile(r"\.objects\b[^\n]*\.(?:bulk_create|create|get_or_create|update_or_create|update|delete)\(")


def test_rows_are_changed_by_actions_alone() -> None:
    others = [
        name for name, text in FILES.items()
        if "/migrations/" not in name and CHANGES.search(text)
        and not re.match(r"\w+/actions(/|\.py)", name) and not name.startswith(tuple(WRITERS))
    ]  # fmt: skip
    assert others == []


def test_only_the_journal_opens_a_transaction_that_changes_facts() -> None:
    users = {name for name, text in FILES.items() if re.search(r"\btransaction\.atomic\(", text)}
    assert "journal/action.py" in users
    assert sorted(name for name in users if not name.startswith((*WRITERS, "ops/"))) == []


# --- events -------------------------------------------------------------------------------------------------------


def modules() -> list[ModuleType]:
    return [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(tongban.__path__, "tongban.")
        if re.fullmatch(r"tongban\.\w+\.events(\.\w+)?", module.name)
    ]


EVENTS = sorted(
    {
        made for module in modules() for made in vars(module).values()
        if isinstance(made, type) and issubclass(made, Event) and vars(made).get("name")
    },
    key=lambda event: event.name,
)  # fmt: skip


def test_events_have_names_of_their_own() -> None:
    assert len(EVENTS) >= 35
    assert len({event.name for event in EVENTS}) == len(EVENTS)
    assert [event.__name__ for event in EVENTS if not EVENT_NAME.fullmatch(event.name) or not event.subject_type] == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_is_recorded_by_somebody(event: type[Event]) -> None:
    slice_name = event.__module__.split(".")[1]
    uses = [
        name for name, tree in TREES.items()
        if name.startswith(f"{slice_name}/") and not name.startswith(f"{slice_name}/events")
        and re.match(r"\w+/(actions|rules/lifecycle)(/|\.py)", name)
        and any(getattr(node, "id", getattr(node, "attr", "")) == event.__name__ for node in ast.walk(tree))
    ]  # fmt: skip
    assert uses, f"nobody records {event.__name__}: it can never happen"


def test_every_event_stands_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert [event.name for event in EVENTS if f"`{event.name}`" not in glossary] == []


# --- routes -------------------------------------------------------------------------------------------------------

MACHINES = ("gate/", "api/", "livez", "readyz", "metrics")
"""Addresses for machines: the API names a scope for each, the gate trusts signatures, health speaks of no person."""


def test_every_route_declares_its_audience() -> None:
    pages, others = {}, []
    for pattern in get_resolver("tongban.urls").url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name in ROUTES:
            pages[pattern.name] = str(pattern.pattern)
        else:
            assert isinstance(pattern, URLPattern | URLResolver)
            others.append(str(pattern.pattern))
    assert {name: route.pattern for name, route in ROUTES.items()} == pages
    assert [pattern for pattern in others if not pattern.startswith(MACHINES)] == []
    for route in ROUTES.values():
        assert route.audience
        assert route.audience <= set(Audience)


def test_what_the_public_may_change_is_nobodys_data() -> None:
    public = {name for name, route in ROUTES.items() if Audience.PUBLIC in route.audience and route.writes}
    assert public == {"sign_in", "sign_out", "preferences", "item_report"}


# --- size ---------------------------------------------------------------------------------------------------------

LONG = {
    "config.py": "one list of settings and its reader",
    "wire/messages.py": "every sentence a node can say, on one page",
}
"""Files longer than 300 lines, and why they may be."""


def test_no_file_is_longer_than_one_can_read() -> None:
    wire = ROOT / "wire" / "src" / "tongban_wire"
    texts = {**FILES, **{f"wire/{path.name}": path.read_text("utf-8") for path in wire.rglob("*.py")}}
    long = {name for name, text in texts.items() if len(text.splitlines()) > 300 and "/migrations/" not in name}
    assert sorted(long - set(LONG)) == []
    assert sorted(set(LONG) - long) == [], "short by now: take it off the list"
