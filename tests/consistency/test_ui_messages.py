"""Words: the English file is complete and in step, and every code that can reach a screen has its word."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_english_is_complete_and_in_step(messages: ModuleType) -> None:
    assert list(messages.faults()) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{% trans '好' %}", ["好"]),
        ('{% trans "100%" as x %}', ["100%%"]),
        ("{% blocktrans trimmed with a=b %}\n 一{{ a }}\n 二 {% endblocktrans %}", ["一%(a)s 二"]),
        ("{% blocktrans count n=m %}一{% plural %}多{{ n }}{% endblocktrans %}", [("一", "多%(n)s")]),
        ("{% if x %}不算{% endif %}", []),
    ],
)
def test_messages_are_found_as_django_will_look_them_up(messages: ModuleType, template: str, found: list[str]) -> None:
    assert [message for message, _ in messages.messages_of_template(template)] == found


def test_every_code_of_the_lifecycles_has_its_word() -> None:
    from tongban.cases import events
    from tongban.cases.rules import modes, stage
    from tongban.cases.rules.lifecycle import case, filing, part
    from tongban.kernel.events import Event
    from tongban.ui.words import WORDS

    assert {m.value for m in modes.Mode} <= set(WORDS["mode"])
    assert {s.value for s in stage.Stage} <= set(WORDS["stage"])
    people = {modes.Doer.APPLICANT, modes.Doer.WINDOW, modes.Doer.REVIEWER}
    steps = {s.value for t in (filing, case, part) for s in t.Step for m in modes.Mode if modes.doers(s, m) & people}
    assert steps <= set(WORDS["step"])
    names = {
        value.name
        for value in vars(events).values()
        if isinstance(value, type) and issubclass(value, Event) and value.name
    }
    assert names <= set(WORDS["timeline"])
