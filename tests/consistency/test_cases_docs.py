"""What the docs say of filings, cases and parts is what the program does."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tongban.cases import border, events
from tongban.cases.rules.lifecycle import diagrams
from tongban_wire import messages

ROOT = Path(__file__).resolve().parents[2]
LAW = (ROOT / "docs" / "law.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \|", LAW, re.MULTILINE)


def test_the_committed_lifecycles_are_those_of_the_tables():
    assert (ROOT / "docs" / "lifecycle.md").read_text("utf-8") == diagrams.page()


def test_the_register_of_law_is_not_empty():
    assert len(ROWS) >= 10


@pytest.mark.parametrize("rule", sorted({rule for _, rule, _ in ROWS}))
def test_every_rule_of_the_register_exists(rule):
    module, _, name = rule.rpartition(".")
    assert hasattr(importlib.import_module(f"tongban.{module}"), name), rule


@pytest.mark.parametrize("place", sorted({place for _, _, place in ROWS}))
def test_every_test_of_the_register_exists(place):
    path, _, name = place.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text("utf-8"), place


def test_every_sentence_of_the_protocol_about_filings_cases_and_parts_is_heard():
    ours = {type_ for type_ in messages.MESSAGES if type_.split(".")[2] in ("filing", "case", "part")}
    assert set(border.INBOUND) == ours


def test_every_event_has_its_own_name_and_a_sentence():
    names = [event.name for event in events.EVENTS]
    assert len(names) == len(set(names))
    assert all(event.__doc__ for event in events.EVENTS)
    assert set(border.TELLERS) <= set(events.EVENTS)
