"""A fault of a file in words: where it is as the spreadsheet program counts, what stands there, what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from tongban.items import queries as catalog
from tongban.items.elements import ELEMENTS
from tongban.items.importing import DryRun
from tongban.items.rules.sheet import RowFault
from tongban.ui.problems import is_english

from .item_values import title, today
from .item_words import RIGHT, WORDS

MOST_CELL = 60


@dataclass(frozen=True, slots=True)
class FaultWords:
    """``row`` 0: the whole file; ``letter`` as in AB; ``right``: what would be right, empty where ``why`` says it."""

    row: int
    letter: str
    column: str
    item: str
    cell: str
    why: str
    right: str


def fault_words(fault: RowFault, run: DryRun) -> FaultWords:
    """``run`` is the dry run that found it: it has the cells."""
    cells, at = run.cells_of(fault.row), run.column_of(fault.column)
    code_at = run.column_of("code")
    item = str(cells[code_at]) if fault.row >= 2 and code_at is not None and code_at < len(cells) else ""
    cell = "" if at is None or fault.row < 1 or at >= len(cells) or cells[at] is None else str(cells[at])
    return FaultWords(
        fault.row, get_column_letter(at + 1) if at is not None else "", title(fault.column) if fault.column else "",
        item[:40], cell if len(cell) <= MOST_CELL else f"{cell[:MOST_CELL]}…", str(WORDS.get(fault.code, fault.code)),
        _right(fault),
    )  # fmt: skip


def _right(fault: RowFault) -> str:
    element = ELEMENTS.get(fault.column)
    if fault.code == "code_not_on_list" and element is not None:
        return _("可用：%(codes)s") % {"codes": _codes(element.codes)}
    if fault.code == "wrong_shape" and element is not None:
        return str(RIGHT[_shape(element.type)])
    if fault.code == "row_twice":
        return _("与第%(row)s行重复") % {"row": fault.params.get("first", "")}
    if fault.code == "not_later":
        return _("须晚于%(day)s") % {"day": fault.params.get("present", "")}
    if fault.code == "too_many_rows":
        return _("最多%(n)s行") % {"n": fault.params.get("most", "")}
    return str(RIGHT.get(fault.code, ""))


def _shape(kind: str) -> str:
    for word in ("Limit", "bool", "int", "tuple[str"):
        if kind.startswith(word):
            return word
    return "rows" if kind.startswith("tuple") else "text"


def _codes(name: str) -> str:
    def said(words: tuple[str, str]) -> Any:
        return words[1] or words[0] if is_english() else words[0]

    listed = catalog.code_list(name, today())
    return ("; " if is_english() else "；").join(f"{code} {said(words)}" for code, words in listed.items())
