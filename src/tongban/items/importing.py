"""Many implementations at once: a dry run that names every fault, and files of what is there. Reads only; the action
``import_rows`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from .spreadsheets import NotASheet, read_xlsx, write_xlsx


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do. ``rows`` are those that change something; taken only if there are no ``faults``."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]
    new: int
    changed: int
    file_digest: str = ""


def dry_run(raw: bytes, *, kind: str, on: date) -> DryRun:
    """Read a file (``kind``: xlsx or json) and say everything that is wrong with it. Writes nothing."""
    try:
        cells = read_xlsx(raw) if kind == "xlsx" else _json_cells(raw)
    except NotASheet as error:
        return DryRun((), (RowFault(0, "", error.code),), 0, 0)
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
    return DryRun(tuple(other), tuple(by_row([*faults, *late])), new, len(other) - new, digest)


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
        for item in items:
            elements, faults = read_elements(item["elements"])
            row = list(cells_of(str(item["code"]), date.fromisoformat(item["valid_from"]), elements))
            for fault in faults:
                if fault.field in KEYS:
                    row[KEYS.index(fault.field)] = "{"  # read again, and named, in its column
            cells.append(row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotASheet("not_json") from error
    return cells
