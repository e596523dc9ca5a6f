"""Forms from a JSON Schema 2020-12: what to draw, what was answered, what is wrong with it. Plain functions.

A form is the object schema an item version pins (``items.views.VersionView.form``). Understood per property: ``type``
string, integer, number, boolean; ``format`` date, id-number-cn, mobile-cn, uscc, region-code; ``enum`` (or ``oneOf`` of
``const``); the UI keys ``x-order``, ``x-groups``, ``x-widget``, ``x-enum-labels``(``-en``), ``x-personal``,
``x-prefill``, ``description``(``_en``) as the hint. A property named only in a ``then`` of an ``if`` on another
property's ``const`` or ``enum`` is asked only while that condition holds; its answer is dropped otherwise.

Texts stay with the schema; faults are codes (``ui.problems.FAULTS``) with parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from tongban.kernel import numbers

Schema = Mapping[str, Any]
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer: a code and its numbers."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only while the answer to ``name`` is one of ``values``."""

    name: str
    values: tuple[Any, ...]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.name) in self.values

    @property
    def words(self) -> str:
        return "|".join(_as_text(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class FormField:
    """One question as drawn. ``value`` is text as typed; ``widget`` text, textarea, date, radio, select, region,
    number, checkbox; ``asked`` False while its condition does not hold; ``known``: the answer came from a register."""

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
    autocomplete: str = ""

    @property
    def anchor(self) -> str:
        return f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Answers typed as the schema says, and what is wrong with them by field name."""

    answers: dict[str, Any]
    faults: dict[str, Fault]


_AUTOCOMPLETE: Final = {"name": "name", "mobile": "tel"}
_WIDGETS: Final = ("text", "textarea", "date", "radio", "select", "region", "checkbox", "number")
_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "id-number-cn": numbers.is_id_number,
    "mobile-cn": numbers.is_mobile,
    "uscc": numbers.is_uscc,
    "region-code": lambda text: len(text) == 6 and text.isdigit(),
}
_FORMAT_FAULTS: Final = {
    "id-number-cn": "id_number", "mobile-cn": "mobile", "uscc": "uscc", "region-code": "region", "date": "date",
}  # fmt: skip


def _is_date(text: object) -> bool:
    try:
        return not isinstance(text, str) or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date")(_is_date)
    for name, check in _FORMATS.items():
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


def fields(
    schema: Schema,
    answers: Answers,
    *,
    english: bool = False,
    faults: Mapping[str, Fault] | None = None,
    known: Collection[str] = (),
) -> tuple[FormField, ...]:
    """The questions to draw, with what has been answered so far."""
    when = conditions(schema)
    required = _required_now(schema, answers)
    drawn = []
    for name in order(schema):
        rule = schema["properties"][name]
        condition = when.get(name)
        drawn.append(
            FormField(
                name=name,
                title=_text(rule, "title", english) or name,
                hint=_text(rule, "description", english),
                widget=_widget(rule),
                required=name in required or (condition is not None and _required_in_then(schema, name)),
                value=_as_text(answers.get(name)),
                choices=_choices(rule, english),
                personal=bool(rule.get("x-personal")),
                known=name in known,
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
            found.append(Group(_text(group, "title", english), members))
    if by_name:
        found.append(Group("", tuple(by_name.values())))
    return tuple(found)


def parse(schema: Schema, posted: Mapping[str, Any], *, complete: bool = True) -> Parsed:
    """Answers from a posted form. Blank is absent; numbers and ticks get their types; hidden questions are dropped.

    ``complete=False`` (saving a draft) lets required answers be missing; what is there must still be right.
    """
    answers: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for name in order(schema):
        rule = schema["properties"][name]
        raw = posted_text(rule, name, posted)
        if _type(rule) == "boolean" and _widget(rule) == "checkbox":
            answers[name] = raw not in ("", "false")
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
                    code = "required_choice" if _widget(rule) in ("radio", "select", "region") else "required"
                    found.setdefault(name, Fault(code))
        elif error.validator == "additionalProperties":
            for name in set(answers) - set(schema.get("properties", {})):
                found.setdefault(name, Fault("unknown"))
        elif error.absolute_path:
            found.setdefault(str(error.absolute_path[0]), _fault(error))
    return found


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


def posted_text(rule: Schema, name: str, posted: Mapping[str, Any]) -> str:
    """One posted value as stripped text. A region is posted in levels ``name.1``, ``name.2``, ``name.3``."""
    if _widget(rule) == "region" and f"{name}.1" in posted:
        return region_posted(name, posted)
    text = str(posted.get(name) or "").strip()
    return text.upper() if rule.get("format") in ("id-number-cn", "uscc") else text


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


def _inside(code: str, wider: str) -> bool:
    prefix = wider[:2] if wider.endswith("0000") else wider[:4]
    return code.startswith(prefix) and code != wider


def _required_now(schema: Schema, answers: Answers) -> set[str]:
    names = set(schema.get("required", ()))
    for name, condition in conditions(schema).items():
        if condition.holds(answers) and _required_in_then(schema, name):
            names.add(name)
    return names


def _required_in_then(schema: Schema, name: str) -> bool:
    return any(name in rule.get("then", {}).get("required", ()) for rule in (*schema.get("allOf", ()), schema))


def _type(rule: Schema) -> str:
    kind = rule.get("type", "string")
    return str(kind[0] if isinstance(kind, list) else kind)


def _widget(rule: Schema) -> str:
    wanted = rule.get("x-widget")
    if wanted in _WIDGETS:
        return str(wanted)
    if rule.get("format") in ("date", "region-code"):
        return "date" if rule["format"] == "date" else "region"
    if _type(rule) == "boolean":
        return "checkbox"
    options = rule.get("enum") or rule.get("oneOf")
    if options:
        return "radio" if len(options) <= 6 else "select"
    return "textarea" if rule.get("maxLength", 0) > 200 else "text"


def _input_mode(rule: Schema) -> str:
    return "tel" if rule.get("format") == "mobile-cn" else ""


def _choices(rule: Schema, english: bool) -> tuple[Choice, ...]:
    if "oneOf" in rule:
        return tuple(Choice(_as_text(o["const"]), _text(o, "title", english)) for o in rule["oneOf"])
    labels = rule.get("x-enum-labels", {})
    other = rule.get("x-enum-labels-en", {}) if english else {}
    values = rule.get("enum", ())
    if not values and _type(rule) == "boolean" and _widget(rule) == "radio":
        values = (True, False)
        labels = labels or {"true": "Yes" if english else "是", "false": "No" if english else "否"}
    texts = [_as_text(value) for value in values]
    return tuple(Choice(text, other.get(text) or labels.get(text, text)) for text in texts)


def _typed(rule: Schema, raw: str) -> tuple[Any, Fault | None]:
    kind = _type(rule)
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


def _text(rule: Schema, key: str, english: bool) -> str:
    return str((english and rule.get(f"{key}_en")) or rule.get(key) or "")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
