"""The index built from files or from rows: which texts of an entry are searched, and as what. Pure but for reading."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from .index import Document, Index, PhraseKind
from .text import Language, Reader


def document(
    key: str, name: str, name_en: str, synonyms: Iterable[str], scenario: str, theme: str, lead_unit: str
) -> Document:
    """One entry's searchable texts."""
    phrases: list[tuple[PhraseKind, str]] = [("name", name)]
    phrases += [("english" if s.isascii() else "synonym", s) for s in synonyms]
    if name_en:
        phrases.append(("english", name_en))
    return Document(key, tuple(phrases), f"{scenario} {theme} {lead_unit}")


def read_table(path: Path) -> dict[str, str]:
    """A two-column CSV whose leading ``#`` lines are comments."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        next(rows)
        return {row[0]: row[1] for row in rows}


def read_yaml(path: Path) -> Any:
    """A YAML file, by the quick parser where there is one."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def read_language(data_dir: Path) -> dict[str, Any]:
    """The language as JSON values: concepts, fillers, qualifiers, pinyin, simplified."""
    lexicon = read_yaml(data_dir / "items" / "lexicon.yaml")
    return {
        "concepts": lexicon["concepts"],
        "fillers": lexicon["fillers"],
        "qualifiers": lexicon["qualifiers"],
        "pinyin": read_table(data_dir / "language" / "pinyin.csv"),
        "simplified": read_table(data_dir / "language" / "simplified.csv"),
    }


def read_wordings(data_dir: Path) -> dict[str, list[str]]:
    """How people say it, for every entry: short wordings first, then what they write when they tell their trouble."""
    found: dict[str, list[str]] = {}
    for name in ("synonyms.yaml", "phrasings.yaml", "phrasings_en.yaml"):
        for key, texts in read_yaml(data_dir / "items" / name).items():
            found.setdefault(key, []).extend(texts)
    return found


def build(language: Mapping[str, Any], documents: Sequence[Document]) -> Index:
    return Index(Reader(Language(**language)), documents)


def index_of_files(data_dir: Path) -> tuple[Index, dict[str, str]]:
    """The index over the shipped files alone, and the names by key."""
    rows = json.loads((data_dir / "items" / "list_2020.json").read_text("utf-8"))["items"]
    wordings = read_wordings(data_dir)
    english = read_table(data_dir / "items" / "names_en.csv")
    documents = [
        document(
            r["derived_id"], r["name"], english[r["derived_id"]], wordings[r["derived_id"]],
            r["scenario"], r["derived_theme"], r["lead_unit"],
        )
        for r in rows
    ]  # fmt: skip
    return build(read_language(data_dir), documents), {r["derived_id"]: r["name"] for r in rows}
