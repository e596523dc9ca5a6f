"""Loads the lists: their frames, and the first edition of the list whose text is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from .lists import digest
from .models import ItemList, ListEdition
from .rules.annex import Annex, Batch, Line, as_json
from .rules.search.data import read_yaml
from .rules.sources import BadCatalogData

_SPACE: Final = UUID("01950000-0000-7000-8000-0000000000f9")
SHIPPED: Final = "shipped"


def load_lists(data_dir: Path, rows: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> int:
    """Merge the frames; the shipped edition is written once. Returns how many rows were written."""
    wanted = list_rows(data_dir)
    there = {row.code: row for row in ItemList.objects.all()}
    written = 0
    for values in wanted:
        row = there.get(values["code"])
        if row is None or any(getattr(row, k) != v for k, v in values.items()):
            ItemList(**values).save(force_insert=row is None)
            written += 1
    for values in wanted:
        if values["verified"]:
            annex = annex_of(values, rows, notes)
            written += _first(values["code"], annex, values["published_on"], values["source"])
    return written


def list_rows(data_dir: Path) -> list[dict[str, Any]]:
    """The frames as rows. Raises :class:`BadCatalogData` where a verified list has no text."""
    found = []
    for n, (code, raw) in enumerate(read_yaml(data_dir / "items" / "lists" / "lists.yaml").items()):
        values = {"region": "", "area": "", "document": "", "published_on": None, "at_least": None, "note": "",
                  "increment": False, **raw, "code": code, "position": n}  # fmt: skip
        if values["verified"] != bool(values.pop("file", "")):
            raise BadCatalogData(f"lists.yaml: {code}: verified and file do not fit")
        values["batches"] = [_batch(b) for b in raw["batches"]]
        found.append(values)
    return found


def annex_of(values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], notes: Sequence[str]) -> Annex:
    """The list of 2020 in the form of its annex."""
    batches = tuple(Batch(b["words"], combined=b["due_on"] is None) for b in values["batches"])
    lines = tuple(
        Line(
            r["batch"], r["seq"], r["name"], r["scenario"], r["lead_unit"], tuple(r["cooperating_units"]), r["deadline"]
        )
        for r in sorted(rows, key=lambda r: (r["batch"], r["seq"]))
    )
    marked = tuple(f"{'注:' if n == 1 else ''}{n}.{note}" for n, note in enumerate(notes, start=1))
    return Annex(values["name"], batches, lines, marked)


def _batch(raw: Mapping[str, Any]) -> dict[str, Any]:
    due: date | None = raw.get("due_on")
    return {
        "batch": raw["batch"], "words": raw["words"], "due_on": due.isoformat() if due else None,
        "expected": raw.get("expected"),
    }  # fmt: skip


def _first(code: str, annex: Annex, day: date, basis: str) -> int:
    if ListEdition.objects.filter(list_code=code, state="published").exists():
        return 0
    ListEdition.objects.create(
        id=uuid5(_SPACE, code), list_code=code, number=1, state="published", rows=as_json(annex),
        digest=digest(code, 1, annex), basis=basis, author=SHIPPED, valid_from=day,
        at=datetime.combine(day, time(0), tzinfo=UTC),
    )  # fmt: skip
    return 1
