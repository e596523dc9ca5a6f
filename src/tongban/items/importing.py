"""Many implementations at once: a dry run that names every fault, and files of what is there. Reads only; the action
``import_rows`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from tongban.config import config

from . import checking
from .current import base_elements
from .elements import Elements
from .models import BaseItem, Implementation
from .rules.elements import read_elements, write_elements
from .rules.sheet import KEYS, TITLES, BaseOf, Row, RowFault, by_row, cells_of, read_sheet
from .rules.uniformity import compare
from .spreadsheets import NotASheet, formulas, read_xlsx, write_xlsx

MOST_TOLD = 200
"""For so many rows a dry run says which elements change."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do. ``rows`` are those that change something; taken only if there are no ``faults``.
    ``changes``: code → the elements that would be different; ``cells`` as they were read."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]
    new: int
    changed: int
    file_digest: str = ""
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: Sequence[Sequence[Any]] = ()

    def cells_of(self, row: int) -> Sequence[Any]:
        """A row as the spreadsheet counts, from 1; empty if there is none."""
        return self.cells[row - 1] if 0 < row <= len(self.cells) else ()

    def column_of(self, key: str) -> int | None:
        """Where a column stands, from 0; None if the file does not have it."""
        head = [str(cell or "").strip() for cell in self.cells_of(1)]
        return head.index(key) if key in head else None


def dry_run(raw: bytes, *, kind: str, on: date) -> DryRun:
    """Read a file (``kind``: xlsx or json) and say everything that is wrong with it. Writes nothing."""
    try:
        cells = read_xlsx(raw) if kind == "xlsx" else _json_cells(raw)
    except NotASheet as error:
        return DryRun((), (RowFault(0, "", error.code),), 0, 0)
    if found_formulas := _formulas(cells):
        return DryRun((), tuple(found_formulas), 0, 0, cells=cells)
    present = _present()
    rows, faults = read_sheet(cells, _base_of(present), checking.codes_on(on))
    other = [row for row in rows if row.code not in present or present[row.code][1] != row.elements]
    late = [
        RowFault(row.row, "valid_from", "not_later", {"present": present[row.code][0].isoformat()})
        for row in other
        if row.code in present and row.valid_from <= present[row.code][0]
    ]
    new = sum(row.code not in present for row in other)
    digest = "sha-256:" + hashlib.sha256(raw).hexdigest()
    changes = {
        row.code: tuple(c.path for c in compare(_before(present, row.code), row.elements) if c.state != "same")
        for row in other[:MOST_TOLD]
    }
    found = tuple(by_row([*faults, *late]))
    return DryRun(tuple(other), found, new, len(other) - new, digest, changes, cells)


def export_xlsx() -> bytes:
    """This node's implementations, newest versions, in the form the import reads."""
    return write_xlsx("实施清单", [KEYS, tuple(TITLES[key] for key in KEYS), *_rows()])


def export_json() -> bytes:
    """The same as JSON."""
    items = [
        {"code": code, "valid_from": begins.isoformat(), "elements": write_elements(elements)}
        for code, (begins, elements) in sorted(_present().items())
    ]
    return json.dumps({"schema": "tongban:implementations/1", "items": items}, ensure_ascii=False, indent=1).encode()


def _before(present: Mapping[str, tuple[date, Elements]], code: str) -> Elements:
    return present[code][1] if code in present else Elements()


def _formulas(cells: Sequence[Sequence[Any]]) -> list[RowFault]:
    head = [str(cell or "").strip() for cell in cells[0]] if cells else []
    return [
        RowFault(row + 1, head[column] if column < len(head) else "", "has_formulas") for row, column in formulas(cells)
    ]


def _rows() -> Iterator[tuple[str, ...]]:
    for code, (begins, elements) in sorted(_present().items()):
        yield cells_of(code, begins, elements)


def _present() -> dict[str, tuple[date, Elements]]:
    found: dict[str, tuple[date, Elements]] = {}
    rows = Implementation.objects.filter(owner=config().node_id).order_by("code", "version")
    for code, begins, raw in rows.values_list("code", "valid_from", "content__elements"):
        found[code] = (begins, read_elements(raw or {})[0])
    return found


def _base_of(present: dict[str, tuple[date, Elements]]) -> BaseOf:
    codes = set(BaseItem.objects.values_list("code", flat=True))
    elements = cache(base_elements)

    def base_of(code: str) -> tuple[Elements, Elements | None] | None:
        base = code.partition("/")[0]
        if base not in codes or len(code) > 40:
            return None
        return elements(base), present[code][1] if code in present else None

    return base_of


def _json_cells(raw: bytes) -> list[Sequence[Any]]:
    """JSON items as cells, so that one reader judges both."""
    try:
        items = json.loads(raw)["items"]
        cells: list[Sequence[Any]] = [KEYS, KEYS]
        unknown: list[str] = []
        for item in items:
            elements, faults = read_elements(item["elements"])
            row = list(cells_of(str(item["code"]), date.min, elements))
            row[KEYS.index("valid_from")] = str(item.get("valid_from") or "")  # judged, and named, in its column
            for fault in faults:
                if fault.field in KEYS:
                    row[KEYS.index(fault.field)] = "{"  # read again, and named, in its column
            unknown += [fault.field for fault in faults if fault.field not in KEYS]
            cells.append(row)
        head = [*KEYS, *dict.fromkeys(unknown)]
        cells[:2] = [head, head]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotASheet("not_json") from error
    return cells
