"""Forms from a JSON Schema 2020-12: what to draw. Plain functions; answers are read by ``schema_answers``.

A form is the object schema an item version pins (``items.views.VersionView.form``). Besides what ``schema_answers``
understands, the drawing follows the UI keys ``x-order``, ``x-groups``, ``x-widget``, ``x-enum-labels``(``-en``),
``x-personal``, ``x-prefill`` and ``description``(``_en``) as the hint. Texts stay with the schema.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .schema_answers import (
    Answers,
    Condition,
    Fault,
    Parsed,
    Schema,
    as_text,
    check,
    conditions,
    order,
    parse,
    region_posted,
    required_in_then,
    required_now,
    type_of,
    widget_of,
)

__all__ = [
    "Choice",
    "Condition",
    "Fault",
    "FormField",
    "Group",
    "Parsed",
    "as_text",
    "check",
    "conditions",
    "fields",
    "groups",
    "order",
    "parse",
    "prefill",
    "region_posted",
    "shown",
]


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One question as drawn. ``value`` is text as typed; ``widget`` text, textarea, date, radio, select, region,
    number, checkbox; ``asked`` False while its condition does not hold; ``known``: the answer came from a register;
    ``locked``: it is proven and cannot be changed here."""

    name: str
    title: str
    hint: str
    widget: str
    required: bool
    value: str
    choices: tuple[Choice, ...] = ()
    personal: bool = False
    known: bool = False
    fault: Fault | None = None
    when: Condition | None = None
    asked: bool = True
    max_length: int | None = None
    input_mode: str = ""
    locked: bool = False
    autocomplete: str = ""

    @property
    def anchor(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    fields: tuple[FormField, ...]
    key: str = ""


_AUTOCOMPLETE: Final = {"name": "name", "mobile": "tel"}


def fields(
    schema: Schema,
    answers: Answers,
    *,
    english: bool = False,
    faults: Mapping[str, Fault] | None = None,
    known: Collection[str] = (),
    locked: Collection[str] = (),
) -> tuple[FormField, ...]:
    """The questions to draw, with what has been answered so far."""
    when = conditions(schema)
    required = required_now(schema, answers)
    drawn = []
    for name in order(schema):
        rule = schema["properties"][name]
        condition = when.get(name)
        drawn.append(
            FormField(
                name=name,
                title=_text(rule, "title", english) or name,
                hint=_text(rule, "description", english),
                widget=widget_of(rule),
                required=name in required or (condition is not None and required_in_then(schema, name)),
                value=as_text(answers.get(name, rule.get("default"))),
                choices=_choices(rule, english),
                personal=bool(rule.get("x-personal")),
                known=name in known,
                locked=name in locked,
                fault=(faults or {}).get(name),
                when=condition,
                asked=condition is None or condition.holds(answers),
                max_length=rule.get("maxLength"),
                input_mode="numeric" if rule.get("type") in ("integer",) else _input_mode(rule),
                autocomplete=_AUTOCOMPLETE.get(rule.get("x-prefill", ""), "off"),
            )
        )
    return tuple(drawn)


def groups(schema: Schema, drawn: Iterable[FormField], *, english: bool = False) -> tuple[Group, ...]:
    """The fields under the headings of ``x-groups`` (``{"title", "title_en", "fields"}``); without, one nameless."""
    by_name = {one.name: one for one in drawn}
    found = []
    for group in schema.get("x-groups", ()):
        members = tuple(by_name.pop(name) for name in group.get("fields", ()) if name in by_name)
        if members:
            found.append(Group(_text(group, "title", english), members, str(group.get("key", ""))))
    if by_name:
        found.append(Group("", tuple(by_name.values())))
    return tuple(found)


def shown(schema: Schema, answers: Answers, *, english: bool = False) -> list[tuple[FormField, str]]:
    """Questions and answers as text, for reading back; unasked and unanswered optional ones are left out."""
    read = []
    for one in fields(schema, answers, english=english):
        if not one.asked or (not one.value and not one.required):
            continue
        if one.widget == "checkbox":
            text = ("Yes" if english else "是") if answers.get(one.name) else ("No" if english else "否")
        else:
            text = next((c.label for c in one.choices if c.value == one.value), one.value)
        read.append((one, text))
    return read


def prefill(schema: Schema, profile: Mapping[str, str]) -> dict[str, Any]:
    """Answers that government already knows: properties with ``x-prefill`` found in ``profile``."""
    return {
        name: profile[rule["x-prefill"]]
        for name, rule in schema.get("properties", {}).items()
        if profile.get(rule.get("x-prefill", ""))
    }


def _input_mode(rule: Schema) -> str:
    return "tel" if rule.get("format") == "mobile-cn" else ""


def _choices(rule: Schema, english: bool) -> tuple[Choice, ...]:
    if "oneOf" in rule:
        return tuple(Choice(as_text(o["const"]), _text(o, "title", english)) for o in rule["oneOf"])
    labels = rule.get("x-enum-labels", {})
    other = rule.get("x-enum-labels-en", {}) if english else {}
    values = rule.get("enum", ())
    if not values and type_of(rule) == "boolean" and widget_of(rule) == "radio":
        values = (True, False)
        labels = labels or {"true": "Yes" if english else "是", "false": "No" if english else "否"}
    texts = [as_text(value) for value in values]
    return tuple(Choice(text, other.get(text) or labels.get(text, text)) for text in texts)


def _text(rule: Schema, key: str, english: bool) -> str:
    return str((english and rule.get(f"{key}_en")) or rule.get(key) or "")
