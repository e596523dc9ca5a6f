"""The elements of an item as fields of a form: what to draw for each, and what was written into them.

A value of one piece is one box; a limit is three; what has parts is rows of boxes, and a row that is left blank is no
row. Names: ``visits``, ``promised_limit.unit``, ``fee_items.0.standard``.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from tongban.items import elements as kinds
from tongban.items.elements import ELEMENTS, Element
from tongban.ui.problems import fault_text, is_english

from .element_words import HINTS, LONG, MORE, PART_CODES, PART_NAMES, PLACES, UNIT_NAMES

_ROWS: Final = re.compile(r"tuple\[([A-Z]\w+), \.\.\.\]")
MOST_ROWS: Final = 60
MOST_TEXT: Final = 20_000

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One input. ``kind``: text, long, lines, number, choose, ticks, yesno or kept (hidden)."""

    name: str
    title: str
    kind: str
    value: str = ""
    chosen: tuple[str, ...] = ()
    choices: Choices = ()
    must: bool = False
    fault: str = ""
    hint: str = ""

    @property
    def lines(self) -> int:
        """How many lines a long text wants to be seen in."""
        return max(3, min(12, sum(1 + len(line) // 36 for line in self.value.split("\n"))))

    @property
    def anchor(self) -> str:
        return "e-" + self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an element that has parts; ``more`` are the boxes that are seldom needed."""

    number: int
    boxes: tuple[Box, ...]
    more: tuple[Box, ...]
    opened: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One element. ``locked``: its value in words, where the base item sets it for all."""

    key: str
    title: str
    need: bool
    kind: str  # one | limit | rows
    boxes: tuple[Box, ...] = ()
    rows: tuple[Row, ...] = ()
    locked: str | None = None
    hint: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form said: element → JSON value (None: nothing), box → code of its fault."""

    values: Mapping[str, Any]
    faults: Mapping[str, str]


def elements_of(group: str) -> tuple[Element, ...]:
    return tuple(element for element in ELEMENTS.values() if element.group == group)


def row_kind(element: Element) -> Any:
    """The dataclass of an element's rows, None if it has none."""
    found = _ROWS.fullmatch(element.type)
    return getattr(kinds, found[1]) if found else None


def draw(
    element: Element, raw: Any, codes: Mapping[str, Choices], faults: Mapping[str, str], *, locked: str | None = None,
    blank_rows: int = 0,
) -> Drawn:  # fmt: skip
    """``raw`` is the JSON form, or what was typed where it could not be read; ``codes``: list → (code, name)."""
    title, hint = name_of(element), str(HINTS.get(element.key, ""))
    if locked is not None:
        return Drawn(element.key, title, element.need, "one", locked=locked)
    if (kind := row_kind(element)) is not None:
        rows = [*(raw or ()), *({} for _n in range(blank_rows if raw else max(blank_rows, 1)))]
        drawn = tuple(_row(element, kind, n, row, codes, faults) for n, row in enumerate(rows[:MOST_ROWS]))
        return Drawn(
            element.key, title, element.need, "rows", rows=drawn, hint=hint, fault=_said(faults, element, title)
        )
    if element.type.startswith("Limit"):
        return Drawn(
            element.key, title, element.need, "limit", boxes=_limit_boxes(element, raw or {}, faults), hint=hint
        )
    box = _box(element.key, title, _kind_of(element, raw), raw, codes.get(element.codes, ()), element.need, faults)
    return Drawn(element.key, title, element.need, "one", boxes=(dataclasses.replace(box, hint=hint or box.hint),))


def read(group: str, data: QueryDict, locked: frozenset[str]) -> Posted:
    """Everything a form of a group says about the elements that may be changed."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for element in elements_of(group):
        if element.key in locked:
            continue
        if (kind := row_kind(element)) is not None:
            values[element.key] = _read_rows(element, kind, data, faults) or None
        elif element.type.startswith("Limit"):
            values[element.key] = _read_limit(element.key, data, faults)
        else:
            values[element.key] = _read_one(element.key, _kind_of(element, None), data, faults)
    return Posted(values, faults)


def name_of(element: Element) -> str:
    return element.en if is_english() else element.zh


def _row(
    element: Element, kind: Any, number: int, row: Mapping[str, Any], codes: Mapping[str, Choices],
    faults: Mapping[str, str],
) -> Row:  # fmt: skip
    boxes: list[Box] = []
    more: list[Box] = []
    for part in dataclasses.fields(kind):
        at = f"{element.key}.{number}.{part.name}"
        title = str(PART_NAMES.get((element.key, part.name)) or PART_NAMES["", part.name])
        listed = codes.get(PART_CODES.get((element.key, part.name), ""), ())
        if (element.key, part.name) == ("process", "place"):
            listed = tuple((code, str(name)) for code, name in PLACES.items())
        box = _box(at, title, _kind_of_part(element.key, part), row.get(part.name), listed, _must(part), faults)
        (more if (element.key, part.name) in MORE else boxes).append(box)
    opened = any(box.fault or box.value or box.chosen for box in more if box.kind != "kept")
    return Row(number, tuple(boxes), tuple(more), opened)


def _must(part: dataclasses.Field[Any]) -> bool:
    return part.default is dataclasses.MISSING and part.default_factory is dataclasses.MISSING


def _kind_of(element: Element, raw: Any) -> str:
    if element.codes:
        return "ticks" if element.many else "choose"
    if element.many:
        return "lines"
    if element.type.startswith("bool"):
        return "yesno"
    if element.type.startswith("int"):
        return "number"
    return "long" if element.key in LONG or len(str(raw or "")) > 60 else "text"


def _kind_of_part(element: str, part: dataclasses.Field[Any]) -> str:
    kind = str(part.type)
    if (element, part.name) in PART_CODES or (element, part.name) == ("process", "place"):
        return "choose"
    if kind.startswith("Mapping") or (element, part.name) == ("situations", "key"):
        return "kept"
    if kind.startswith("tuple"):
        return "lines"
    if kind.startswith("bool"):
        return "yesno"
    return "number" if kind.startswith("int") else "long" if part.name in LONG else "text"


def _box(name: str, title: str, kind: str, raw: Any, choices: Choices, must: bool, faults: Mapping[str, str]) -> Box:
    chosen: tuple[str, ...] = ()
    value = ""
    if kind == "ticks":
        chosen = tuple(str(each) for each in raw or ())
        choices = (*choices, *((code, code) for code in chosen if code not in dict(choices)))
    elif kind == "yesno":
        value = raw if isinstance(raw, str) else "" if raw is None else "1" if raw else "0"
        choices = (("1", _("是")), ("0", _("否")))
    elif kind == "lines":
        value = raw if isinstance(raw, str) else "\n".join(str(each) for each in raw or ())
    elif kind == "kept":
        value = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False) if raw else ""
    else:
        value = "" if raw is None else str(raw)
        if kind == "choose" and value and value not in dict(choices):
            choices = (*choices, (value, value))
    hint = _("每行一个") if kind == "lines" else ""
    said = fault_text(faults[name], title) if name in faults else ""
    return Box(name, title, kind, value, chosen, choices, must, said, hint)


def _limit_boxes(element: Element, raw: Mapping[str, Any], faults: Mapping[str, str]) -> tuple[Box, ...]:
    units = tuple((code, str(name)) for code, name in UNIT_NAMES.items())
    at = element.key
    return (
        _box(f"{at}.value", _("多少"), "number", raw.get("value"), (), False, faults),
        _box(f"{at}.unit", _("单位"), "choose", raw.get("unit"), units, False, faults),
        _box(f"{at}.text", _("期限说明"), "text", raw.get("text"), (), False, faults),
    )


def _read_one(name: str, kind: str, data: QueryDict, faults: dict[str, str]) -> Any:
    if kind == "ticks":
        return [code for code in data.getlist(name) if code] or None
    text = data.get(name, "").strip()
    if not text:
        return None
    if len(text) > MOST_TEXT:
        faults[name] = "type"
        return text
    match kind:
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "yesno":
            return {"1": True, "0": False}.get(text)
        case "number":
            return _whole(name, text, faults)
        case "kept":
            return _kept(name, text, faults)
    return text.replace("\r\n", "\n")


def _whole(name: str, text: str, faults: dict[str, str]) -> Any:
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    faults[name] = "integer"
    return text


def _kept(name: str, text: str, faults: dict[str, str]) -> Any:
    if not text.startswith("{"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        faults[name] = "type"
        return text


def _read_limit(key: str, data: QueryDict, faults: dict[str, str]) -> Any:
    value = _read_one(f"{key}.value", "number", data, faults)
    unit = data.get(f"{key}.unit", "")
    text = _read_one(f"{key}.text", "text", data, faults)
    if value is None and not unit and not text:
        return None
    if unit == "immediate":
        value = 0
    elif value is None:
        faults[f"{key}.value"] = "required"
    if unit not in UNIT_NAMES:
        faults[f"{key}.unit"] = "required_choice"
    made = {"value": value, "unit": unit, "text": text}
    return {name: each for name, each in made.items() if each is not None}


def _read_rows(element: Element, kind: Any, data: QueryDict, faults: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    parts: Sequence[dataclasses.Field[Any]] = dataclasses.fields(kind)
    for number in range(MOST_ROWS):
        named = [f"{element.key}.{number}.{part.name}" for part in parts]
        if not any(name in data for name in named):
            break
        wrong: dict[str, str] = {}
        read_as = [(part, name, _kind_of_part(element.key, part)) for part, name in zip(parts, named, strict=True)]
        row = {part.name: _read_one(name, how, data, wrong) for part, name, how in read_as}
        row = {name: value for name, value in row.items() if value is not None}
        if not row:
            continue
        at = f"{element.key}.{len(found)}."
        faults.update({at + name.rpartition(".")[2]: code for name, code in wrong.items()})
        faults.update({at + part.name: "required" for part in parts if _must(part) and part.name not in row})
        found.append(row)
    return found


def _said(faults: Mapping[str, str], element: Element, title: str) -> str:
    return fault_text(faults[element.key], title) if element.key in faults else ""
