"""Reading and writing XLSX, with openpyxl: text cells only, bounded before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_UNPACKED: Final = 200 * 1024 * 1024


class NotASheet(ValueError):
    """The bytes are no XLSX we read: ``not_xlsx`` or ``too_large``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_xlsx(raw: bytes) -> list[tuple[Any, ...]]:
    """The cells of the first sheet. Raises :class:`NotASheet`."""
    if len(raw) > MOST_BYTES:
        raise NotASheet("too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise NotASheet("too_large")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        rows = [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        book.close()
    except NotASheet:
        raise
    except Exception as error:  # whatever a broken file makes of the library
        raise NotASheet("not_xlsx") from error
    return rows


def formulas(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, int]]:
    """Where cells begin like a formula, as (row, column) from 0: what they say depends on who opens the file."""
    for at, row in enumerate(rows):
        yield from ((at, column) for column, cell in enumerate(row) if isinstance(cell, str) and cell.startswith("="))


def write_xlsx(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A book with one sheet; every cell is text, also one that begins like a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
