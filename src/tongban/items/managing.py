"""What the item manager's desk shows: this node's items with completeness, findings and drift; tasks, proposals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tongban.config import config

from . import checking
from .current import Current, blank, current, newest
from .elements import Elements
from .models import AdoptionTask, BaseItem, BaseVersion, Implementation, ItemStanding, Proposal
from .rules.elements import read_elements
from .rules.quality import Finding, completeness, findings
from .rules.uniformity import DEFAULT_PROFILE, Comparison, Rate, compare, drift, rate
from .upkeep import Done, history, reviews_due

OPEN = ("draft", "submitted", "returned")


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    entry_key: str
    name: str
    version: int
    valid_from: date
    known: int
    required: int
    errors: int
    uniform: Rate
    standing: str
    task_due: date | None
    review_due: date
    """By when the guide is to be looked at again."""


@dataclass(frozen=True, slots=True)
class ProposalView:
    """``changes`` against the newest version; ``errors`` are what would stop its publication."""

    id: UUID
    code: str
    name: str
    state: str
    author: str
    valid_from: date
    due_on: date | None
    note: str
    seen: int
    elements: Elements
    changes: tuple[Comparison, ...]
    errors: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchView:
    id: UUID
    rows: int
    author: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A change of a base item that this node follows by ``due_on``."""

    code: str
    name: str
    fields: tuple[str, ...]
    due_on: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of an item's history; ``state``: in_force, to_come or ended on the day asked for."""

    version: int
    valid_from: date
    valid_to: date | None
    state: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """``drift``: against the base item under the profile in force; ``beside``: every element against another owner;
    ``base_begins``: the day from which the base item's newest version holds. A version number of 0: not published yet.
    """

    now: Current
    row: Row
    findings: tuple[Finding, ...]
    drift: tuple[Comparison, ...]
    beside: tuple[Comparison, ...]
    owners: tuple[str, ...]
    proposal: ProposalView | None
    history: Sequence[Done]
    versions: tuple[VersionLine, ...] = ()
    task: TaskView | None = None
    base_begins: date | None = None


def kind() -> str:
    """What this node manages: base items at the directory, implementations elsewhere."""
    return "base" if config().is_directory else "implementation"


def rows(day: date, after: str = "", limit: int = 50, words: str = "") -> tuple[tuple[Row, ...], str | None]:
    """A page of this node's items, in the order of their codes, and where the next one begins; ``words``: only those
    with them in name or code. A fixed number of queries, however many items there are."""
    found = newest(kind(), config().node_id, after, limit + 1, words)
    page = found[:limit]
    return tuple(_rows(page, checking.codes_on(day))), page[-1].code if len(found) > limit else None


def item(code: str, day: date, other: str = "") -> ItemPage | None:
    """One item whole; ``other`` an owner to set it beside."""
    row = Proposal.objects.filter(kind=kind(), code=code, state__in=OPEN).first()
    now = current(kind(), code) or (blank(code) if row is not None else None)
    if now is None:
        return None
    codes = checking.codes_on(day)
    owners = tuple(
        Implementation.objects.filter(code=code).exclude(owner=config().node_id).order_by("owner")
        .values_list("owner", flat=True).distinct()
    )  # fmt: skip
    there = current("implementation", code, other) if other in owners else None
    beside = compare(now.elements, there.elements) if there else ()
    base = BaseVersion.objects.filter(code=code.partition("/")[0]).order_by("-version") if now.base else None
    shown = replace(now, elements=read_elements(row.elements)[0]) if row is not None and not now.version else now
    return ItemPage(
        now=now, row=_rows([shown], codes)[0], findings=findings(shown.elements, codes), drift=_drift(shown),
        beside=tuple(c for c in beside if c.state != "same"), owners=owners,
        proposal=_proposal(row, now.elements, codes) if row else None, history=history(code),
        versions=_versions(code, day), task=next(iter(tasks(day, code)), None),
        base_begins=base.values_list("valid_from", flat=True).first() if base is not None else None,
    )  # fmt: skip


def tasks(day: date, code: str = "") -> tuple[TaskView, ...]:
    """Changes of base items that this node has not followed yet, the most urgent first; of one item or of all."""
    found = AdoptionTask.objects.filter(done_at__isnull=True, **({"code": code} if code else {}))
    listed = list(found.order_by("due_on", "code")[:100])
    names = _base_names(task.code for task in listed)
    return tuple(
        TaskView(t.code, names.get(t.code.partition("/")[0], t.code), tuple(t.fields), t.due_on, t.due_on < day)
        for t in listed
    )


def proposals() -> tuple[ProposalView, ...]:
    """Open proposals that came one by one, without their changes."""
    found = list(Proposal.objects.filter(state__in=OPEN, batch__isnull=True).order_by("updated_at")[:100])
    names = _base_names(row.code for row in found)
    return tuple(
        ProposalView(
            row.id,
            row.code,
            names.get(row.code.partition("/")[0], row.code),
            row.state,
            row.author,
            row.valid_from,
            row.due_on,
            row.note,
            row.seen,
            Elements(),
            (),
        )
        for row in found
    )


def batch(which: UUID, limit: int = 200) -> tuple[ProposalView, ...]:
    """The proposals of an import that waits, each with what it changes; at most ``limit``."""
    found = Proposal.objects.filter(batch=which, state="submitted").order_by("code")[:limit]
    codes: dict[str, frozenset[str]] = {}
    made = []
    for row in found:
        now = current(row.kind, row.code)
        made.append(_proposal(row, now.elements if now else Elements(), codes))
    return tuple(made)


def not_implemented(words: str = "", after: str = "", limit: int = 50) -> tuple[list[tuple[str, str]], str | None]:
    """(code, name) of base items that this node has no implementation of and no draft, a page at a time."""
    own = Implementation.objects.filter(owner=config().node_id).values("code")
    drafts = Proposal.objects.filter(kind="implementation", state__in=OPEN).values("code")
    rows = BaseItem.objects.filter(code__gt=after).exclude(code__in=own).exclude(code__in=drafts)
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(name__icontains=words))
    found = list(rows.order_by("code").values_list("code", "name")[: limit + 1])
    return found[:limit], found[limit - 1][0] if len(found) > limit else None


def batches() -> tuple[BatchView, ...]:
    """Imports that wait for a second person."""
    counted: dict[UUID, BatchView] = {}
    for batch, author in Proposal.objects.filter(state="submitted", batch__isnull=False).values_list("batch", "author"):
        assert batch is not None
        before = counted.get(batch)
        counted[batch] = BatchView(batch, before.rows + 1 if before else 1, author)
    return tuple(counted.values())


def _rows(page: Sequence[Current], codes: dict[str, frozenset[str]]) -> list[Row]:
    named = [now.code for now in page]
    standings = dict(ItemStanding.objects.filter(owner=config().node_id, code__in=named).values_list("code", "state"))
    open_tasks = AdoptionTask.objects.filter(code__in=named, done_at__isnull=True).order_by("-due_on")
    due = dict(open_tasks.values_list("code", "due_on"))
    reviews = reviews_due({now.code: now.valid_from for now in page})
    return [_row(now, codes, standings, due, reviews) for now in page]


def _row(
    now: Current, codes: Mapping[str, Collection[str]], standings: Mapping[str, str], due: Mapping[str, date],
    reviews: Mapping[str, date],
) -> Row:  # fmt: skip
    known, required = completeness(now.elements)
    return Row(
        code=now.code, entry_key=now.entry_key, name=now.content["name"], version=now.version,
        valid_from=now.valid_from, known=known, required=required,
        errors=sum(f.level == "error" for f in findings(now.elements, codes)), uniform=rate(_drift(now)),
        standing=standings.get(now.code, "in_use"), task_due=due.get(now.code), review_due=reviews[now.code],
    )  # fmt: skip


def _drift(now: Current) -> tuple[Comparison, ...]:
    return () if now.base is None else drift(now.base, now.elements, DEFAULT_PROFILE)


def _proposal(row: Proposal, present: Elements, codes: Mapping[str, Collection[str]]) -> ProposalView:
    elements, _ = read_elements(row.elements)
    changes = tuple(c for c in compare(present, elements) if c.state != "same")
    return ProposalView(
        row.id, row.code, elements.name or present.name or row.code, row.state, row.author, row.valid_from, row.due_on,
        row.note, row.seen, elements, changes, tuple(f for f in findings(elements, codes) if f.level == "error"),
    )  # fmt: skip


def _base_names(codes: Iterable[str]) -> dict[str, str]:
    bases = {code.partition("/")[0] for code in codes}
    return dict(BaseItem.objects.filter(code__in=bases).values_list("code", "name"))


def _versions(code: str, day: date) -> tuple[VersionLine, ...]:
    """The latest first."""
    rows: Any = BaseVersion.objects.filter(code=code)
    if kind() == "implementation":
        rows = Implementation.objects.filter(code=code, owner=config().node_id)
    return tuple(
        VersionLine(
            number, begins, ends, "to_come" if begins > day else "ended" if ends and ends <= day else "in_force"
        )
        for number, begins, ends in rows.order_by("-version").values_list("version", "valid_from", "valid_to")
    )
