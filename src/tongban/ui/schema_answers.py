"""What was answered to a form given as JSON Schema 2020-12, and what is wrong with it. Plain functions.

Understood per property: ``type`` string, integer, number, boolean; ``format`` date and ``numbers.FORMATS``; ``enum`` or
``oneOf`` of ``const``; bounds of dates counted from today (``x-earliest``, ``x-latest``; ``kernel.relative_days``). A
property named only in a ``then`` of an ``if`` on another property's ``const`` or ``enum`` is asked only while that
condition holds; its answer is dropped otherwise. Faults are codes (``ui.problems.FAULTS``) with parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from tongban.journal import clock
from tongban.kernel import numbers, relative_days
from tongban.kernel.time import local_date

Schema = Mapping[str, Any]
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer: a code and its numbers."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only while the answer to ``name`` is one of ``values``."""

    name: str
    values: tuple[Any, ...]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.name) in self.values

    @property
    def words(self) -> str:
        return "|".join(as_text(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Answers typed as the schema says, and what is wrong with them by field name."""

    answers: dict[str, Any]
    faults: dict[str, Fault]


_WIDGETS: Final = ("text", "textarea", "date", "radio", "select", "region", "checkbox", "number")
_MISSING: Final = {
    "radio": "required_choice",
    "select": "required_choice",
    "region": "required_choice",
    "checkbox": "accept",
}
_FORMAT_FAULTS: Final = {
    "id-number-cn": "id_number", "mobile-cn": "mobile", "uscc": "uscc", "region-code": "region", "date": "date",
    "license-number-cn": "id_number", "disability-card-cn": "disability_card", "bank-card-cn": "bank_card",
}  # fmt: skip


def _is_date(text: object) -> bool:
    try:
        return not isinstance(text, str) or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date")(_is_date)
    for name, check in numbers.FORMATS.items():
        checker.checks(name)(lambda text, check=check: not isinstance(text, str) or check(text))
    return checker


_CHECKER: Final = _checker()


def order(schema: Schema) -> list[str]:
    """Field names in the order to ask them: ``x-order`` first, then the rest as written."""
    names = list(schema.get("properties", {}))
    wanted = [name for name in schema.get("x-order", ()) if name in names]
    return wanted + [name for name in names if name not in wanted]


def conditions(schema: Schema) -> dict[str, Condition]:
    """Which properties are asked only under a condition."""
    always = set(schema.get("required", ()))
    found: dict[str, Condition] = {}
    for rule in (*schema.get("allOf", ()), schema):
        tests = rule.get("if", {}).get("properties", {})
        if len(tests) != 1:
            continue
        ((name, test),) = tests.items()
        values = (test["const"],) if "const" in test else tuple(test.get("enum", ()))
        then = rule.get("then", {})
        for target in (*then.get("required", ()), *then.get("properties", {})):
            if values and target not in always and target != name:
                earlier = found.get(target)
                same = earlier is not None and earlier.name == name
                joined = earlier.values + values if earlier is not None and same else values
                found[target] = Condition(name, tuple(dict.fromkeys(joined)))
    return found


def parse(schema: Schema, posted: Mapping[str, Any], *, complete: bool = True) -> Parsed:
    """Answers from a posted form. Blank is absent; numbers and ticks get their types; hidden questions are dropped.

    ``complete=False`` (saving a draft) lets required answers be missing; what is there must still be right.
    """
    answers: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for name in order(schema):
        rule = schema["properties"][name]
        raw = posted_text(rule, name, posted)
        if type_of(rule) == "boolean" and widget_of(rule) == "checkbox":
            ticked = raw not in ("", "false")
            if ticked or rule.get("const") is not True:
                answers[name] = ticked
        elif raw:
            value, fault = _typed(rule, raw)
            answers[name] = value
            if fault:
                faults[name] = fault
    for name, condition in conditions(schema).items():
        if not condition.holds(answers):
            answers.pop(name, None)
            faults.pop(name, None)
    return Parsed(answers, {**check(schema, answers, complete=complete), **faults})


def check(schema: Schema, answers: Answers, *, complete: bool = True) -> dict[str, Fault]:
    """What is wrong with answers, by field, the first fault of each."""
    found: dict[str, Fault] = {}
    validator = Draft202012Validator(schema, format_checker=_CHECKER)
    for error in sorted(validator.iter_errors(dict(answers)), key=lambda e: str(e.json_path)):
        if error.validator == "required":
            missing = [n for n in error.validator_value if n not in answers]
            if complete:
                for name in missing:
                    rule = schema.get("properties", {}).get(name, {})
                    found.setdefault(name, Fault(_MISSING.get(widget_of(rule), "required")))
        elif error.validator == "additionalProperties":
            for name in set(answers) - set(schema.get("properties", {})):
                found.setdefault(name, Fault("unknown"))
        elif error.absolute_path:
            found.setdefault(str(error.absolute_path[0]), _fault(error))
    for name, (code, bound) in relative_days.faults(schema, answers, local_date(clock.now())).items():
        found.setdefault(name, Fault(code, {"limit": bound.isoformat()}))
    return found


def posted_text(rule: Schema, name: str, posted: Mapping[str, Any]) -> str:
    """One posted value as stripped text. A region is posted in levels ``name.1``, ``name.2``, ``name.3``."""
    if widget_of(rule) == "region" and f"{name}.1" in posted:
        return region_posted(name, posted)
    return numbers.one_spelling(rule.get("format", ""), str(posted.get(name) or "").strip())


def region_posted(name: str, posted: Mapping[str, Any]) -> str:
    """The deepest level chosen that lies inside the wider one; a list left over from another province is ignored."""
    chosen = ""
    for level, digits in ((1, 2), (2, 4), (3, 6)):
        code = str(posted.get(f"{name}.{level}") or "").strip()
        if not code or (chosen and not _inside(code, chosen)):
            break
        chosen = code
        if digits == 6:
            break
    return chosen


def required_now(schema: Schema, answers: Answers) -> set[str]:
    names = set(schema.get("required", ()))
    for name, condition in conditions(schema).items():
        if condition.holds(answers) and required_in_then(schema, name):
            names.add(name)
    return names


def required_in_then(schema: Schema, name: str) -> bool:
    return any(name in rule.get("then", {}).get("required", ()) for rule in (*schema.get("allOf", ()), schema))


def type_of(rule: Schema) -> str:
    kind = rule.get("type", "string")
    return str(kind[0] if isinstance(kind, list) else kind)


def widget_of(rule: Schema) -> str:
    wanted = rule.get("x-widget")
    if wanted in _WIDGETS:
        return str(wanted)
    if rule.get("format") in ("date", "region-code"):
        return "date" if rule["format"] == "date" else "region"
    if type_of(rule) == "boolean":
        return "checkbox"
    options = rule.get("enum") or rule.get("oneOf")
    if options:
        return "radio" if len(options) <= 6 else "select"
    return "textarea" if rule.get("maxLength", 0) > 200 else "text"


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _inside(code: str, wider: str) -> bool:
    prefix = wider[:2] if wider.endswith("0000") else wider[:4]
    return code.startswith(prefix) and code != wider


def _typed(rule: Schema, raw: str) -> tuple[Any, Fault | None]:
    kind = type_of(rule)
    try:
        if kind == "integer":
            return int(raw), None
        if kind == "number":
            return float(raw), None
    except ValueError:
        return raw, Fault(kind)
    if kind == "boolean":
        return raw == "true", None
    return raw, None


def _fault(error: Any) -> Fault:
    keyword, limit = error.validator, error.validator_value
    if keyword == "format":
        return Fault(_FORMAT_FAULTS.get(limit, "pattern"))
    if keyword in ("enum", "const", "oneOf"):
        return Fault("accept" if limit is True else "choice")
    code = {
        "minLength": "too_short", "maxLength": "too_long", "pattern": "pattern", "minimum": "minimum",
        "maximum": "maximum", "type": "type",
    }.get(keyword, "type")  # fmt: skip
    return Fault("required", {}) if code == "too_short" and limit == 1 else Fault(code, {"limit": limit})
