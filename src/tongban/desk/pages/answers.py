"""A filled-in form as lines to read: title and value in the reader's language, in the form's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.ui import dates, problems, regions, schema_form


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    title: str
    value: str


def lines(form: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Line]:
    """One line per answered question. Answers that did not cross the border (least data) have no line."""
    english = problems.is_english()
    read = []
    for field, text in schema_form.shown(form, answers, english=english):
        if not text or field.name not in answers:
            continue
        read.append(Line(field.name, field.title, _value(field.widget, text, english)))
    return read


def names_the_person(form: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether the answers themselves say who applies, so that the page need not say it twice."""
    return any(rule.get("x-prefill") == "name" and answers.get(key) for key, rule in form.get("properties", {}).items())


def _value(widget: str, text: str, english: bool) -> str:
    if widget == "region":
        return regions.full_name(text)
    return dates.day(text, english=english) if widget == "date" else text
