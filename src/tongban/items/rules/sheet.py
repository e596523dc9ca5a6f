"""Items as rows of a sheet: one line an item, one column an element. Every fault is named by row and column. Pure.

Row 1 holds the keys, row 2 their Chinese titles, data begin in row 3. A list of words is one word a line; a limit may
be written as people say it (4个工作日, 30日, 即办); what has parts is JSON. Export, then import, is the identity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import msgspec

from tongban.items.elements import ELEMENTS, Element, Elements

from .elements import read_field, write_elements
from .quality import findings
from .uniformity import DEFAULT_PROFILE, NotLocal, adopt, inherit

KEYS: Final = ("code", "valid_from", *ELEMENTS)
TITLES: Final[Mapping[str, str]] = {
    "code": "事项代码", "valid_from": "生效日期", **{key: e.zh for key, e in ELEMENTS.items()}
}  # fmt: skip
FIRST_ROW: Final = 3
MOST_ROWS: Final = 20_000
MOST_CELL: Final = 32_767
_LIMIT: Final = re.compile(r"(\d{1,4})\s*(个?工作日|个?自然日|日|天|个?小时|个?月)?\s*(.*)", re.DOTALL)
_UNITS: Final = {"工作日": "workday", "自然日": "day", "日": "day", "天": "day", "小时": "hour", "月": "month"}
_YES: Final = {"是": True, "有": True, "1": True, "true": True, "否": False, "无": False, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class RowFault:
    """``row`` as the spreadsheet counts, 0 for the whole file; ``column`` is a key, empty for the whole row."""

    row: int
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken: ``elements`` are whole, what is uniform filled in from the base item."""

    row: int
    code: str
    valid_from: date
    elements: Elements


class TooLong(ValueError):
    """More text than a cell of a spreadsheet may hold."""


BaseOf = Callable[[str], "tuple[Elements, Elements | None] | None"]
"""Code → (elements of the base item, present elements or None), or None for a code that cannot be here."""


def cells_of(code: str, valid_from: date, elements: Elements) -> tuple[str, ...]:
    """One row, as text."""
    raw = write_elements(elements)
    return (code, valid_from.isoformat(), *(_cell(e, raw.get(key)) for key, e in ELEMENTS.items()))


def read_sheet(
    rows: Sequence[Sequence[Any]], base_of: BaseOf, codes: Mapping[str, Collection[str]]
) -> tuple[tuple[Row, ...], tuple[RowFault, ...]]:
    """All rows that can be taken and all faults; whoever imports takes everything or nothing.

    ``rows`` are the cells as read, the first two being the head. An empty cell leaves the element as it is.
    """
    if not rows or "code" not in (head := [str(c or "").strip() for c in rows[0]]):
        return (), (RowFault(0, "code", "column_missing"),)
    faults = [RowFault(1, name, "column_unknown") for name in head if name and name not in KEYS]
    faults += [RowFault(1, name, "column_twice") for name in {h for h in head if h and head.count(h) > 1}]
    if len(rows) > MOST_ROWS + FIRST_ROW - 1:
        return (), (RowFault(0, "", "too_many_rows", {"most": MOST_ROWS}),)
    found, seen = [], dict[str, int]()
    for number, cells in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        values = {key: c for key, c in zip(head, cells, strict=False) if key in KEYS and c not in (None, "")}
        if not values:
            continue
        row, wrong = _read_row(number, values, base_of, codes)
        code = str(values.get("code", "")).strip()
        if code and code in seen:
            wrong.append(RowFault(number, "code", "row_twice", {"first": seen[code]}))
        seen.setdefault(code, number)
        faults += wrong
        if row is not None and not wrong:
            found.append(row)
    if not found and not faults:
        faults.append(RowFault(0, "", "nothing_there"))
    return tuple(found), tuple(faults)


def _read_row(
    number: int, values: Mapping[str, Any], base_of: BaseOf, codes: Mapping[str, Collection[str]]
) -> tuple[Row | None, list[RowFault]]:
    code = str(values.get("code", "")).strip()
    known = base_of(code) if code else None
    if known is None:
        return None, [RowFault(number, "code", "code_unknown" if code else "code_missing")]
    faults = []
    begins = _date(values.get("valid_from"))
    if begins is None:
        faults.append(RowFault(number, "valid_from", "date_wrong" if "valid_from" in values else "date_missing"))
    base, present = known
    made = dict[str, Any]()
    for key, value in values.items():
        if key in ("code", "valid_from"):
            continue
        try:
            made[key] = read_field(key, value_of_cell(ELEMENTS[key], value))
        except TooLong:
            faults.append(RowFault(number, key, "cell_too_long"))
        except (msgspec.ValidationError, ValueError) as error:
            faults.append(RowFault(number, key, "wrong_shape", {"detail": str(error)[:200]}))
    try:
        local = replace(present or Elements(), **made)
        given = [key for key, value in made.items() if present is None or value != getattr(present, key)]
        elements = inherit(base, adopt(base, local, given), DEFAULT_PROFILE)
    except NotLocal as clash:
        return None, [*faults, *(RowFault(number, key, "uniform") for key in clash.fields)]
    faults += [RowFault(number, f.field, f.code, f.params) for f in findings(elements, codes) if f.level == "error"]
    return (None if begins is None else Row(number, code, begins, elements)), faults


def _cell(element: Element, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and not value.startswith(("[", "{")):
        return value
    if _plain_list(value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, int) else str(value)


def _plain_list(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(v, str) and v.strip() == v and v and "\n" not in v and "\r" not in v and v[0] not in "[{"
        for v in value
    )


def value_of_cell(element: Element, cell: Any) -> Any:
    """What a cell, or a field of a form, says about an element, in JSON form. Raises ``ValueError``."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell) if not isinstance(cell, bool) else ("是" if cell else "否")
    if len(text) > MOST_CELL:
        raise TooLong("too long for a cell")
    if element.type.startswith("Limit") and not text.lstrip().startswith("{"):
        return limit_of(text)
    if text.startswith(("[", "{")) or (text.startswith('"') and "str" in element.type):
        return json.loads(text)
    if element.many:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if "bool" in element.type:
        if text.strip().lower() not in _YES:
            raise ValueError("neither yes nor no")
        return _YES[text.strip().lower()]
    if element.type.startswith("int"):
        return int(text)
    return text


def limit_of(text: str) -> dict[str, Any]:
    """A limit as people write it: 4个工作日, 30日, 2小时, 即办, with any explanation behind it; a bare number counts
    working days (行政许可法 §82). Raises ``ValueError``."""
    said = text.strip()
    if said.startswith("即办"):
        return {"value": 0, "unit": "immediate", "text": said.removeprefix("即办").strip("件，, ")}
    found = _LIMIT.fullmatch(said)
    if found is None or (found[2] is None and found[3]):
        raise ValueError("not a limit")
    unit = _UNITS[(found[2] or "工作日").removeprefix("个")]
    return {"value": int(found[1]), "unit": unit, "text": found[3].strip("，, ")}


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        return None


def by_row(faults: Sequence[RowFault]) -> Iterator[RowFault]:
    """In the order in which one would mend them."""
    order = {key: n for n, key in enumerate(KEYS)}
    return iter(sorted(faults, key=lambda f: (f.row, order.get(f.column, -1), f.code)))
