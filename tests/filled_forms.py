"""Answers made from a form's own schema: right ones for every situation, and wrong ones for every field."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.ui import schema_form

BY_FORMAT: Mapping[str, str] = {
    "id-number-cn": "630102198806159961",
    "license-number-cn": "630102198806159961",
    "mobile-cn": "15400000001",
    "uscc": "91440300MA5D000015",
    "region-code": "440305",
    "disability-card-cn": "63010219880615996142",
    "bank-card-cn": "6200000000000005",
    "date": "2026-05-20",
}
"""A right value for each format; the tests of the formats say that they are."""
BY_PATTERN: Mapping[str, str] = {"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$": "2024-03"}
WRONG_BY_FORMAT: Mapping[str, str] = {
    **{name: value[:-1] + ("2" if value[-1] != "2" else "3") for name, value in BY_FORMAT.items()},
    "region-code": "4403",
    "mobile-cn": "25400000001",
    "date": "2026-02-30",
    "disability-card-cn": "63010219880615996192",
}


def value_of(rule: Mapping[str, Any]) -> Any:
    """One right answer to a question."""
    if "const" in rule:
        return rule["const"]
    if rule.get("x-prefill") == "name":
        return "李梅"
    if "enum" in rule:
        return rule.get("default", rule["enum"][0])
    if rule["type"] == "boolean":
        return rule.get("default", True)
    if rule["type"] == "integer":
        return rule.get("minimum", 1)
    if "x-earliest" in rule or "x-latest" in rule:
        return local_date(clock.now()).isoformat()
    if "format" in rule:
        return BY_FORMAT[rule["format"]]
    if "pattern" in rule:
        return BY_PATTERN[rule["pattern"]]
    return "虚构内容"[: rule.get("maxLength", 4)].ljust(rule.get("minLength", 0), "文")


def wrong_value_of(rule: Mapping[str, Any]) -> Any:
    """An answer that must be refused."""
    if "const" in rule or rule["type"] == "boolean":
        return False if "const" in rule else "maybe"
    if "enum" in rule:
        return "none_of_these"
    if rule["type"] == "integer":
        return rule.get("minimum", 1) - 1
    if "format" in rule:
        return WRONG_BY_FORMAT[rule["format"]]
    return "文" * (rule.get("maxLength", 200) + 1)


def answers(form: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    """Right answers to everything that is asked when ``given`` is answered; optional questions too."""
    made = {name: given.get(name, value_of(rule)) for name, rule in form["properties"].items()}
    for name, condition in schema_form.conditions(form).items():
        if not condition.holds(made):
            made.pop(name, None)
    return {**made, **given}


def branches(form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Right answers for every combination of the answers on which other questions depend."""
    deciding = dict.fromkeys(c.name for c in schema_form.conditions(form).values())
    choices = [[(name, value) for value in form["properties"][name]["enum"]] for name in deciding]
    seen: list[dict[str, Any]] = []
    for way in itertools.product(*choices):
        made = answers(form, **dict(way))
        for name, condition in schema_form.conditions(form).items():
            if not condition.holds(made):
                made.pop(name, None)
        if made not in seen:
            seen.append(made)
            yield made
