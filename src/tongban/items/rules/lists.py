"""Lists: what changes between two editions, which catalog entry a line means, yearly reports that are due. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from .annex import Annex, Line
from .scopes import Scope

Form = Literal["cross_province", "province_wide", "regional"]
FORMS: Final[tuple[Form, ...]] = ("cross_province", "province_wide", "regional")
FIELDS: Final = ("scenario", "lead_unit", "cooperating_units", "deadline", "modes", "batch", "seq")
FIRST_REPORT: Final = 2020
"""The plan of 2020 asks for a report by the end of December of every year, from its own on."""
_BRACKETS: Final = str.maketrans({"（": "(", "）": ")", "，": ",", "“": '"', "”": '"', "〔": "[", "〕": "]"})


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that both editions have, with the fields that differ."""

    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    added: tuple[str, ...]
    withdrawn: tuple[str, ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.withdrawn or self.changed)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a source says of a batch before its text is at hand."""

    batch: int
    words: str
    due_on: date | None = None
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch as it stands: ``listed`` lines of ``expected``; ``open`` of them can be filed here. ``late`` when the
    day has passed with less open than expected."""

    frame: Frame
    listed: int
    open: int
    late: bool


@dataclass(frozen=True, slots=True)
class ReportTask:
    """The report of one entry's lead unit for one year; due on 31 December."""

    entry_key: str
    unit: str
    year: int
    due_on: date
    overdue: bool


def plain(name: str) -> str:
    """A name for comparing: no spaces, one kind of brackets, quotes and commas."""
    return re.sub(r"\s+", "", name).translate(_BRACKETS)


def entry_of(line: Line, names: Mapping[str, str]) -> str | None:
    """The entry that bears the line's name (``names``: :func:`plain` name → key); None is 待核, never guessed."""
    return names.get(plain(line.name))


def changes(before: Annex | None, after: Annex) -> Changes:
    """By name: what was added, withdrawn, changed."""
    old = {plain(line.name): line for line in before.lines} if before else {}
    new = {plain(line.name): line for line in after.lines}
    changed = []
    for key in new.keys() & old.keys():
        fields = tuple(
            (name, _words(getattr(old[key], name)), _words(getattr(new[key], name)))
            for name in FIELDS
            if getattr(old[key], name) != getattr(new[key], name)
        )
        if fields:
            changed.append(Changed(new[key].name, fields))
    return Changes(
        tuple(line.name for key, line in new.items() if key not in old),
        tuple(line.name for key, line in old.items() if key not in new),
        tuple(sorted(changed, key=lambda c: c.name)),
    )


def frames_of(known: Sequence[Frame], at_least: int | None, batches: Sequence[str]) -> tuple[Frame, ...]:
    """The frames a list is measured by: as its source prints them, else the headings of the edition in force.
    “At least N” of a list in one batch counts as N expected (R-012)."""
    if at_least and len(known) == 1:
        return (replace(known[0], expected=at_least),)
    return tuple(known) or tuple(Frame(number, words) for number, words in enumerate(batches, start=1))


def came_true(scopes: Iterable[Scope]) -> date | None:
    """The first day on which an entry of a later batch is handled everywhere, and no longer on trial; None while no
    such day is known."""
    return min((s.begins for s in scopes if s.begins and s.stage == "live" and not s.members), default=None)


def progress(
    frame: Frame, lines: Sequence[Line], open_keys: Collection[str], names: Mapping[str, str], on: date
) -> Progress:
    """How far a batch has come on a day."""
    mine = [line for line in lines if line.batch == frame.batch]
    opened = sum(entry_of(line, names) in open_keys for line in mine)
    wanted = len(mine) if frame.expected is None else frame.expected
    late = frame.due_on is not None and on > frame.due_on and opened < max(wanted, 1)
    return Progress(frame, len(mine), opened, late)


def report_tasks(
    entries: Iterable[tuple[str, str, date | None]],
    sent: Collection[tuple[str, int]],
    on: date,
    *,
    since: int = FIRST_REPORT,
) -> tuple[ReportTask, ...]:
    """What is still to be reported (annex note 2, R-259): for each ``(entry, lead unit, day it came true)`` and every
    year up to that of ``on``, unless ``(entry, year)`` was sent. The task of a year opens on 1 January and is overdue
    after 31 December; the year in which an entry came true is its last (our reading: the note gives no end).
    """
    return tuple(
        ReportTask(key, unit, year, date(year, 12, 31), on > date(year, 12, 31))
        for year in range(since, on.year + 1)
        for key, unit, done in entries
        if (key, year) not in sent and (done is None or year <= done.year)
    )


def _words(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)
