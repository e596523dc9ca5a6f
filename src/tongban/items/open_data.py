"""The list as open data: 138 entries with time of realization, scenario and modes (R-043), with schema and version."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from . import store
from .spreadsheets import write_xlsx

SCHEMA: Final = "tongban:list/1"
COLUMNS: Final = (
    ("key", "编号"), ("batch", "批次"), ("seq", "序号"), ("name", "事项名称"), ("name_en", "Name"),
    ("scenario", "应用场景"), ("lead_unit", "牵头单位"), ("cooperating_units", "配合单位"), ("deadline", "实现时间"),
    ("modes", "办理模式"), ("modes_confirmed", "模式已确认"), ("theme", "主题"), ("audience", "服务对象"),
    ("anchor_words", "地点词"), ("base_code", "基本目录代码"), ("twins", "同一事项"), ("filable", "可在线办理"),
)  # fmt: skip
"""Field → Chinese head. Lists are joined by ； in tables."""


def version() -> str:
    """Changes whenever the catalog does; the ETag of the files."""
    return store.catalog().token


def as_json() -> bytes:
    catalog = store.catalog()
    whole = {
        "schema": SCHEMA, "version": catalog.token, "count": len(catalog.entries),
        "fields": dict(COLUMNS), "items": [_fields(entry) for entry in catalog.entries.values()],
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_csv() -> bytes:
    """With a byte order mark, so that spreadsheets read the Chinese; a cell like a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([title for _, title in COLUMNS])
    writer.writerows([_safe(cell) for cell in row] for row in _rows())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx() -> bytes:
    return write_xlsx("清单", [tuple(title for _, title in COLUMNS), *_rows()])


def _rows() -> Iterable[tuple[str, ...]]:
    for entry in store.catalog().entries.values():
        yield tuple(_cell(value) for value in _fields(entry).values())


def _fields(entry: Any) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name, _ in COLUMNS}
    found["twins"] = [twin.key for twin in entry.twins]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(value) if isinstance(value, list) else str(value)


def _safe(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell
