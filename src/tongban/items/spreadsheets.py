"""Reading and writing XLSX (with openpyxl: text cells only, bounded before anything is unpacked) and CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

MOST_BYTES: Final = 10 * 1024 * 1024
_RISKY: Final = ("=", "+", "-", "@", "\t", "'")
MOST_UNPACKED: Final = 200 * 1024 * 1024


class NotASheet(ValueError):
    """The bytes are no table we read: ``not_xlsx``, ``not_csv`` or ``too_large``."""

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


def read_csv(raw: bytes) -> list[list[str]]:
    """The cells of a UTF-8 table as :func:`write_csv` writes it. Raises :class:`NotASheet`."""
    if len(raw) > MOST_BYTES:
        raise NotASheet("too_large")
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotASheet("not_csv") from error
    return [[cell[1:] if cell[:1] == "'" and cell[1:].startswith(_RISKY) else cell for cell in row] for row in rows]


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark; a cell that looks like a formula gets an apostrophe, which reading takes away."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [f"'{cell}" if cell.startswith(_RISKY) else cell for cell in row] for row in rows
    )
    return b"\xef\xbb\xbf" + out.getvalue().encode()
