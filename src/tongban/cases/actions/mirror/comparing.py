"""Mirrors held against the received messages that are kept: built anew, compared, and everything put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tongban.cases.actions.heard import Heard
from tongban.cases.models import CaseMirror, CorrectionMirror, PartMirror
from tongban.cases.models.sealed import unseal
from tongban.journal.action import Unchanged, action
from tongban.kernel.people import Act
from tongban.kernel.sealing import Unsealable

from .rebuilding import write_anew


@dataclass(frozen=True, slots=True)
class Compared:
    """How many mirrors stand, and which differ from those that the messages make (``case <filing>: column``)."""

    mirrors: int
    different: tuple[str, ...]


@action
def compare(act: Act, heard: Iterable[tuple[Any, Heard]]) -> Compared:
    """``heard`` as for ``rebuild``. Nothing stays changed, and no fact is recorded."""
    before = dict(_mirrors())
    write_anew(heard)
    after = dict(_mirrors())
    different = [
        f"{key}: {', '.join(_columns(before.get(key, {}), after.get(key, {})))}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    raise Unchanged(Compared(len(before), tuple(different)))


def _columns(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if not before or not after:
        return ["too much" if before else "missing"]
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _mirrors() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every column of every mirror; sealed ones opened, surrogate keys left out."""
    for row in CaseMirror.objects.all():
        yield f"case {row.filing_id}", _plain(row, "result_sealed", "case_mirror", row.filing_id, "result")
    for part in PartMirror.objects.all():
        yield f"part {part.part_id}", _plain(part, "words_sealed", "part_mirror", part.part_id, "words")
    for asked in CorrectionMirror.objects.all():
        key = f"{asked.filing_id}/{asked.round}"
        yield f"correction {key}", _plain(asked, "words_sealed", "correction", key, "words")


def _plain(row: Any, sealed: str, table: str, key: Any, column: str) -> dict[str, Any]:
    found = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.attname not in ("id", sealed)}
    try:
        found[column] = unseal(getattr(row, sealed), table=table, id=key, column=column)
    except (Unsealable, ValueError):
        found[column] = False  # altered: it can be opened no more
    return found
