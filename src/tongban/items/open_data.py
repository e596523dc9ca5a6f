"""The list as open data: 138 entries with time of realization, scenario and modes (R-043), with schema and version."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from . import comparing, store
from .rules.uniformity import PROFILES, Rate
from .spreadsheets import write_xlsx

SCHEMA: Final = "tongban:list/1"
RATES_SCHEMA: Final = "tongban:uniformity/1"
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


def rates_as_json() -> bytes:
    """Uniformity of what is implemented, against the base items: profile → by place, element and item."""
    profiles = [{"profile": name, "whole": _rate(u.whole), **_parts(u)} for name, u in _uniformities()]
    whole = {"schema": RATES_SCHEMA, "version": store.catalog().token, "profiles": profiles}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def rates_as_csv() -> bytes:
    """The same, a rate a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("口径", "按", "名称", "一致", "已知", "统一率"))
    for profile, u in _uniformities():
        for part, rates in _parts(u).items():
            for name, rate in rates.items():
                writer.writerow((profile, part, _safe(name), rate["same"], rate["known"], rate["percent"]))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _uniformities() -> Iterable[tuple[str, comparing.Uniformity]]:
    return ((name, comparing.uniformity(name)) for name in PROFILES)


def _parts(u: comparing.Uniformity) -> dict[str, dict[str, dict[str, int | None]]]:
    return {
        "by_place": {owner: _rate(rate) for owner, rate in u.by_place.items()},
        "by_element": {path: _rate(rate) for path, rate in u.by_element.items()},
        "by_item": {row.code: _rate(row.rate) for row in u.by_item},
    }


def _rate(rate: Rate) -> dict[str, int | None]:
    return {"same": rate.same, "known": rate.known, "percent": rate.percent}


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
