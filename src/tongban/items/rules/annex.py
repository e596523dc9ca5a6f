"""A list in the form of the annex of 2020: title, headings with their numbers, one table a batch, notes. Pure.

Columns as printed: 序号、“跨省通办”事项、应用场景、牵头单位、配合单位; or 责任单位 (“牵头单位: … 配合单位: …”)
and 完成时限; 办理模式 where a list states it (R-043). Every fault is named by row and column; export then import is the
identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from .sheet import RowFault

TITLES: Final[Mapping[str, str]] = {
    "seq": "序号", "name": "“跨省通办”事项", "scenario": "应用场景", "lead_unit": "牵头单位",
    "cooperating_units": "配合单位", "units": "责任单位", "deadline": "完成时限", "modes": "办理模式",
}  # fmt: skip
_ALSO: Final = {
    "事项": "name", "事项名称": "name", "“全省通办”事项": "name", "“省内通办”事项": "name", "实现时间": "deadline",
    **{title: key for key, title in TITLES.items()},
}  # fmt: skip
MODES: Final = {"online": "全程网办", "proxy": "异地代收代办", "joint": "多地联办", "any_office": "任一地可办"}
_MODE: Final = {**{word: key for key, word in MODES.items()}, "异地代办代收": "proxy"}
NUMERALS: Final = "一二三四五六七八九十"
MOST_ROWS: Final = 5_000
LONGEST: Final = 5_000
_HEADING: Final = re.compile(rf"([{NUMERALS}]{{1,3}})、(.+?)[(（](\d+)项[)）]$")
_TOTAL: Final = re.compile(r"[(（]共(\d+)项[)）]$")
_ATTACHED: Final = re.compile(r"附件\d*[:：]?")
_NOTE: Final = re.compile(r"注[:：]|\d+[.．、]\s*\D")
_UNITS: Final = re.compile(r"牵头单位[:：]\s*(.+?)(?:\s*配合单位[:：]\s*(.*))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a list. ``deadline`` is that of its heading where the table has no column of its own."""

    batch: int
    seq: int
    name: str
    scenario: str
    lead_unit: str
    cooperating_units: tuple[str, ...] = ()
    deadline: str = ""
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A heading. ``combined``: its table has one column 责任单位 instead of two."""

    words: str
    combined: bool = False

    @property
    def deadline(self) -> str:
        return self.words.partition("实现")[0] if "实现" in self.words else ""


@dataclass(frozen=True, slots=True)
class Annex:
    title: str
    batches: tuple[Batch, ...] = ()
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, batch: int) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.batch == batch)


@dataclass(slots=True)
class _Reading:
    title: str = ""
    total: tuple[int, int] | None = None
    headings: list[tuple[int, str, int]] = field(default_factory=list)
    combined: set[int] = field(default_factory=set)
    head: dict[int, str] = field(default_factory=dict)
    lines: list[tuple[int, Line]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def cells_of(annex: Annex) -> Iterator[tuple[str, ...]]:
    """The rows of the sheet."""
    yield (annex.title,)
    yield (f"(共{len(annex.lines)}项)",)
    for number, batch in enumerate(annex.batches, start=1):
        lines = annex.of(number)
        yield (f"{_numeral(number)}、{batch.words}({len(lines)}项)",)
        keys = ["seq", "name", "scenario", *(["units"] if batch.combined else ["lead_unit", "cooperating_units"])]
        keys += ["deadline"] if any(line.deadline != batch.deadline for line in lines) else []
        keys += ["modes"] if any(line.modes for line in lines) else []
        yield tuple(TITLES[key] for key in keys)
        for line in lines:
            yield tuple(_cell(line, key) for key in keys)
    yield from ((note,) for note in annex.notes)


def read_annex(rows: Sequence[Sequence[Any]]) -> tuple[Annex | None, tuple[RowFault, ...]]:
    """The list the sheet holds, or every fault in it: whoever imports takes everything or nothing."""
    if len(rows) > MOST_ROWS:
        return None, (RowFault(0, "", "too_many_rows", {"most": MOST_ROWS}),)
    reading = _Reading()
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        if any(cells) and not _ATTACHED.fullmatch("".join(cells)):
            _row(reading, number, cells)
    _whole(reading)
    if reading.faults:
        return None, tuple(sorted(reading.faults, key=lambda f: (f.row, f.column, f.code)))
    batches = tuple(Batch(words, n in reading.combined) for n, (_, words, _count) in enumerate(reading.headings, 1))
    return Annex(reading.title, batches, tuple(line for _, line in reading.lines), tuple(reading.notes)), ()


def as_json(annex: Annex) -> dict[str, Any]:
    return asdict(annex)


def from_json(raw: Mapping[str, Any]) -> Annex:
    """What :func:`as_json` made."""
    lines = [
        {**line, "cooperating_units": tuple(line["cooperating_units"]), "modes": tuple(line["modes"])}
        for line in raw["lines"]
    ]
    return Annex(
        raw["title"], tuple(Batch(**b) for b in raw["batches"]), tuple(Line(**line) for line in lines),
        tuple(raw["notes"]),
    )  # fmt: skip


def _row(reading: _Reading, number: int, cells: list[str]) -> None:
    alone = cells[0] if cells[0] and not any(cells[1:]) else ""
    if alone and (found := _HEADING.match(alone)):
        place = _value(found[1])
        if place != len(reading.headings) + 1:
            reading.faults.append(RowFault(number, "", "heading_out_of_order"))
        reading.headings.append((number, found[2].strip(), int(found[3])))
        reading.head = {}
    elif "序号" in cells:
        _head(reading, number, cells)
    elif alone and (found := _TOTAL.match(alone)) and not reading.lines:
        reading.total = (number, int(found[1]))
    elif alone and not reading.headings and not reading.head and not reading.title:
        reading.title = alone
    elif alone and (reading.notes or reading.lines) and _NOTE.match(alone):
        reading.notes.append(alone)
    elif not reading.head:
        reading.faults.append(RowFault(number, "", "row_unreadable"))
    else:
        _line(reading, number, cells)


def _head(reading: _Reading, number: int, cells: list[str]) -> None:
    if not reading.headings:
        reading.faults.append(RowFault(number, "", "heading_missing"))
        reading.headings.append((number, "", -1))
    reading.head = {}
    for at, title in enumerate(cells):
        key = _ALSO.get(title.replace('"', ""), "") if title else ""
        key = key or _ALSO.get(title, "")
        if title and not key:
            reading.faults.append(RowFault(number, title[:40], "column_unknown"))
        elif key in reading.head.values():
            reading.faults.append(RowFault(number, TITLES[key], "column_twice"))
        elif key:
            reading.head[at] = key
    have = set(reading.head.values())
    needed = {"name", "scenario"} | (set() if "units" in have else {"lead_unit"})
    reading.faults += [RowFault(number, TITLES[key], "column_missing") for key in sorted(needed - have)]
    if "units" in have:
        reading.combined.add(len(reading.headings))


def _line(reading: _Reading, number: int, cells: list[str]) -> None:
    values = {key: cells[at] for at, key in reading.head.items() if at < len(cells)}
    faults: list[RowFault] = []

    def wrong(key: str, code: str) -> None:
        faults.append(RowFault(number, TITLES[key], code))

    batch = len(reading.headings)
    for key in ("name", "scenario"):
        if not values.get(key):
            wrong(key, "missing")
    for key, value in values.items():
        if len(value) > LONGEST:
            wrong(key, "too_long")
    seq = values.get("seq", "")
    before = [line.seq for _, line in reading.lines if line.batch == batch]
    if not seq.isascii() or not seq.isdigit():
        wrong("seq", "number_wrong" if seq else "missing")
    elif int(seq) in before:
        wrong("seq", "number_twice")
    elif int(seq) != (before[-1] if before else 0) + 1:
        wrong("seq", "number_gap")
    lead, cooperating = values.get("lead_unit", ""), values.get("cooperating_units", "")
    if "units" in values or "units" in reading.head.values():
        found = _UNITS.match(values.get("units", ""))
        lead, cooperating = (found[1], found[2] or "") if found else ("", "")
        if not found:
            wrong("units", "units_unreadable")
    elif not lead:
        wrong("lead_unit", "missing")
    heading = Batch(reading.headings[-1][1])
    deadline = values.get("deadline", "") if "deadline" in reading.head.values() else heading.deadline
    if not deadline:
        wrong("deadline", "missing")
    words = _split(values.get("modes", ""), "、,，;；+")
    if any(word not in _MODE for word in words):
        wrong("modes", "mode_unknown")
    reading.faults += faults
    line = Line(
        batch, int(seq) if seq.isascii() and seq.isdigit() else 0, values.get("name", ""), values.get("scenario", ""),
        _unit(lead), tuple(_unit(u) for u in _split(cooperating, "、,，")), deadline,
        tuple(_MODE[word] for word in words if word in _MODE),
    )  # fmt: skip
    reading.lines.append((number, line))


def _whole(reading: _Reading) -> None:
    seen: dict[str, int] = {}
    for number, line in reading.lines:
        if line.name and line.name in seen:
            reading.faults.append(RowFault(number, TITLES["name"], "name_twice", {"first": seen[line.name]}))
        seen.setdefault(line.name, number)
    for batch, (number, _words, expected) in enumerate(reading.headings, start=1):
        found = sum(line.batch == batch for _, line in reading.lines)
        if expected not in (-1, found):
            reading.faults.append(RowFault(number, "", "count_differs", {"printed": expected, "found": found}))
    if reading.total and reading.total[1] != len(reading.lines):
        printed = {"printed": reading.total[1], "found": len(reading.lines)}
        reading.faults.append(RowFault(reading.total[0], "", "count_differs", printed))
    if not reading.title:
        reading.faults.append(RowFault(0, "", "title_missing"))
    if not reading.lines:
        reading.faults.append(RowFault(0, "", "nothing_there"))


def _cell(line: Line, key: str) -> str:
    cooperating = "、".join(line.cooperating_units)
    if key == "units":
        return f"牵头单位: {line.lead_unit}" + (f" 配合单位: {cooperating}" if cooperating else "")
    if key == "cooperating_units":
        return cooperating
    if key == "modes":
        return "、".join(MODES[mode] for mode in line.modes)
    return str(getattr(line, key))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _unit(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _split(text: str, marks: str) -> list[str]:
    return [part.strip() for part in re.split(f"[{re.escape(marks)}]", text) if part.strip()]


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones - 1]
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def _value(numeral: str) -> int:
    return next((n for n in range(1, 100) if _numeral(n) == numeral), 0)
