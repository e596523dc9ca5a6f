"""The lists there are: their editions, how far their batches have come, what is to be reported; sheets in and out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from openpyxl.utils import get_column_letter

from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban_wire.strict import write_json

from . import store
from .models import ItemList, ListEdition, ProgressReport
from .rules.annex import Annex, Batch, as_json, cells_of, from_json, read_annex
from .rules.content import digest_of
from .rules.lists import (
    Changes,
    Frame,
    Progress,
    ReportTask,
    came_true,
    changes,
    entry_of,
    frames_of,
    plain,
    progress,
    report_tasks,
)
from .rules.powers import keeps_list
from .rules.releases import MOST_EDITION
from .rules.sheet import RowFault
from .spreadsheets import NotASheet, formulas, read_csv, read_xlsx, write_csv, write_xlsx
from .views import EntryView

PRIMARY: Final = "QH2020"
LATER_BATCH: Final = 3


@dataclass(frozen=True, slots=True)
class ListView:
    """A list. ``edition`` is the number in force, None while only the frame is known: then ``verified`` is False
    (待核); it turns True with an edition that two persons took in."""

    code: str
    name: str
    name_en: str
    form: str
    increment: bool
    publisher: str
    region: str
    area: str
    document: str
    published_on: date | None
    verified: bool
    at_least: int | None
    frames: tuple[Frame, ...]
    source: str
    note: str
    edition: int | None
    count: int | None

    @property
    def expected(self) -> int | None:
        """The number of items the source prints; None if it leaves one open."""
        numbers = [frame.expected for frame in self.frames]
        return sum(n for n in numbers if n is not None) if numbers and None not in numbers else None


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition; ``number`` is None while it lies with a second person."""

    id: UUID
    list_code: str
    number: int | None
    state: str
    annex: Annex
    digest: str
    basis: str
    author: str
    reviewer: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a file would make of a list: ``annex`` only if there are no ``faults``."""

    annex: Annex | None
    faults: tuple[RowFault, ...]
    changes: Changes | None
    unlinked: tuple[str, ...]
    file_digest: str


def all_lists(on: date | None = None) -> tuple[ListView, ...]:
    """In the order of the file; those of other nodes too."""
    return _views(store.catalog().token, on or local_date(clock.now()))


@lru_cache(maxsize=8)
def _views(token: str, day: date) -> tuple[ListView, ...]:
    now = {e.list_code: e for e in _in_force(day)}
    return tuple(_view(row, now.get(row.code)) for row in ItemList.objects.order_by("position", "code"))


def find(code: str, on: date | None = None) -> ListView | None:
    return next((each for each in all_lists(on) if each.code == code), None)


def edition(code: str, number: int | None = None, on: date | None = None) -> EditionView | None:
    """An edition by its number, else the one in force on a day."""
    day = on or local_date(clock.now())
    rows = ListEdition.objects.filter(list_code=code, number=number) if number else _in_force(day, code)
    row = rows.first()
    return _edition(row) if row else None


def editions(code: str) -> tuple[EditionView, ...]:
    """Published ones, the latest first."""
    rows = ListEdition.objects.filter(list_code=code, state="published").order_by("-number")
    return tuple(_edition(row) for row in rows)


def waiting() -> tuple[EditionView, ...]:
    """Editions that lie with a second person."""
    return tuple(_edition(row) for row in ListEdition.objects.filter(state="submitted").order_by("at"))


def what_changes(one: EditionView) -> Changes:
    """What an edition that waits makes different from the one in force."""
    now = edition(one.list_code)
    return changes(now.annex if now else None, one.annex)


def mine(row: ListView, on: date) -> bool:
    """Whether this node looks after a list: a province after its own, the directory after the others."""
    return keeps_list(config().node_id, row.region, lambda code: directory.node_of_region(code, on))


def names() -> dict[str, str]:
    """Plain name of every catalog entry → its key."""
    return {plain(entry.name): entry.key for entry in store.catalog().entries.values()}


def linked(annex: Annex) -> dict[tuple[int, int], EntryView]:
    """(batch, number) of a line → the catalog entry of its name; what is missing here is 待核."""
    known, entries = names(), store.catalog().entries
    found = {(line.batch, line.seq): entry_of(line, known) for line in annex.lines}
    return {at: entries[key] for at, key in found.items() if key is not None}


def listing(entry: EntryView, on: date) -> tuple[ListView, ...]:
    """The lists in force that name an entry."""
    token = store.catalog().token
    codes = _listed(token, on).get(entry.key, frozenset())
    return tuple(each for each in _views(token, on) if each.code in codes) if codes else ()


@lru_cache(maxsize=4)
def _listed(token: str, on: date) -> dict[str, frozenset[str]]:
    """Entry → codes of the lists that name it; ``token`` is new after every change of the catalog or a list."""
    found: dict[str, frozenset[str]] = {}
    for row in _in_force(on):
        for entry in linked(annex_of_row(row)).values():
            found[entry.key] = found.get(entry.key, frozenset()) | {row.list_code}
    return found


def progresses(row: ListView, on: date, open_keys: Collection[str]) -> tuple[Progress, ...]:
    """How far each batch has come; ``open_keys`` can be filed here."""
    now, known = edition(row.code, on=on), names()
    frames = frames_of(row.frames, row.at_least, [batch.words for batch in now.annex.batches] if now else ())
    return tuple(progress(frame, now.annex.lines if now else (), open_keys, known, on) for frame in frames)


def reports_due(on: date) -> tuple[ReportTask, ...]:
    """Open yearly reports on the entries that come later (R-259), of this year and the last; the node of the list."""
    row = find(PRIMARY, on)
    if row is None or not mine(row, on):
        return ()
    catalog = store.catalog()
    later = [
        (entry.key, entry.lead_unit, came_true(catalog.scopes.get(entry.key, ())))
        for entry in catalog.entries.values()
        if entry.batch == LATER_BATCH
    ]
    sent = set(ProgressReport.objects.values_list("entry_key", "year"))
    return report_tasks(later, sent, on, since=on.year - 1)


def reports_sent(limit: int = 20) -> tuple[ProgressReport, ...]:
    """Yearly reports of this node, the latest first."""
    return tuple(ProgressReport.objects.order_by("-sent_at")[:limit])


def dry_run(code: str, raw: bytes, *, kind: str, on: date) -> DryRun:
    """Read a file (``kind``: xlsx or csv) against the list in force. Writes nothing."""
    digest = "sha-256:" + hashlib.sha256(raw).hexdigest()
    try:
        rows: Sequence[Sequence[Any]] = read_xlsx(raw) if kind == "xlsx" else read_csv(raw)
    except NotASheet as error:
        return DryRun(None, (RowFault(0, "", error.code),), None, (), digest)
    strange = formulas(rows) if kind == "xlsx" else ()
    if found := [RowFault(row + 1, get_column_letter(at + 1), "has_formulas") for row, at in strange]:
        return DryRun(None, tuple(found), None, (), digest)
    annex, faults = read_annex(rows)
    if annex is not None and len(write_json(as_json(annex))) > MOST_EDITION:
        annex, faults = None, (RowFault(0, "", "too_large"),)
    if annex is None:
        return DryRun(None, faults, None, (), digest)
    now, known = edition(code, on=on), names()
    unlinked = tuple(line.name for line in annex.lines if entry_of(line, known) is None)
    return DryRun(annex, (), changes(now.annex if now else None, annex), unlinked, digest)


def as_xlsx(annex: Annex) -> bytes:
    """In the form of the annex, as :func:`dry_run` reads it."""
    return write_xlsx("清单", list(cells_of(annex)))


def as_csv(annex: Annex) -> bytes:
    """In the form of the annex, as :func:`dry_run` reads it."""
    return write_csv(cells_of(annex))


def as_document(row: ListView, found: EditionView) -> bytes:
    """As JSON, with schema, source and digest."""
    whole = {
        "schema": "tongban:item-list/1", "code": row.code, "form": row.form, "publisher": row.publisher,
        "published_on": row.published_on.isoformat() if row.published_on else None, "source": row.source,
        "verified": row.verified, "edition": found.number, "valid_from": found.valid_from.isoformat(),
        "digest": found.digest, **as_json(found.annex),
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def blank(row: ListView) -> Annex:
    """The frame of a list as a sheet to fill in: headings and heads, no items."""
    return Annex(row.name, tuple(Batch(frame.words) for frame in row.frames) or (Batch("“跨省通办”的事项"),), (), ())


def digest(code: str, number: int, annex: Annex) -> str:
    return digest_of("list", code, number, as_json(annex))


def annex_of_row(row: ListEdition) -> Annex:
    return from_json(row.rows)


def _in_force(day: date, code: str | None = None) -> Any:
    rows = ListEdition.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day), state="published", valid_from__lte=day
    )
    return rows.filter(list_code=code) if code else rows


def _view(row: ItemList, now: ListEdition | None) -> ListView:
    return ListView(
        row.code, row.name, row.name_en, row.form, row.increment, row.publisher, row.region, row.area, row.document,
        row.published_on, row.verified or now is not None, row.at_least, tuple(_frame(b) for b in row.batches),
        row.source, row.note, now.number if now else None, len(now.rows["lines"]) if now else None,
    )  # fmt: skip


def _frame(raw: dict[str, Any]) -> Frame:
    due = date.fromisoformat(raw["due_on"]) if raw.get("due_on") else None
    return Frame(raw["batch"], raw["words"], due, raw.get("expected"))


def _edition(row: ListEdition) -> EditionView:
    return EditionView(
        row.id, row.list_code, row.number, row.state, annex_of_row(row), row.digest, row.basis, row.author,
        row.reviewer or "", row.valid_from, row.valid_to,
    )  # fmt: skip
