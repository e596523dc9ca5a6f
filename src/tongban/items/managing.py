"""What the item manager's desk shows: this node's items with completeness, findings and drift; tasks, proposals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.config import config

from . import checking
from .current import Current, current, newest
from .elements import Elements
from .models import AdoptionTask, Implementation, ItemStanding, Proposal
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
    id: UUID
    code: str
    state: str
    author: str
    valid_from: date
    note: str
    seen: int
    changes: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class BatchView:
    id: UUID
    rows: int
    author: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """``drift``: against the base item under the profile in force; ``beside``: every element against another owner."""

    now: Current
    row: Row
    findings: tuple[Finding, ...]
    drift: tuple[Comparison, ...]
    beside: tuple[Comparison, ...]
    owners: tuple[str, ...]
    proposal: ProposalView | None
    history: Sequence[Done]


def kind() -> str:
    """What this node manages: base items at the directory, implementations elsewhere."""
    return "base" if config().is_directory else "implementation"


def rows(day: date, after: str = "", limit: int = 50) -> tuple[tuple[Row, ...], str | None]:
    """A page of this node's items, in the order of their codes, and where the next one begins. A fixed number of
    queries, however many items there are."""
    found = newest(kind(), config().node_id, after, limit + 1)
    page = found[:limit]
    return tuple(_rows(page, checking.codes_on(day))), page[-1].code if len(found) > limit else None


def item(code: str, day: date, other: str = "") -> ItemPage | None:
    """One item whole; ``other`` an owner to set it beside."""
    now = current(kind(), code)
    if now is None:
        return None
    codes = checking.codes_on(day)
    owners = tuple(
        Implementation.objects.filter(code=code).exclude(owner=config().node_id).order_by("owner")
        .values_list("owner", flat=True).distinct()
    )  # fmt: skip
    there = current("implementation", code, other) if other in owners else None
    beside = compare(now.elements, there.elements) if there else ()
    row = Proposal.objects.filter(kind=kind(), code=code, state__in=OPEN).first()
    return ItemPage(
        now=now, row=_rows([now], codes)[0], findings=findings(now.elements, codes), drift=_drift(now),
        beside=tuple(c for c in beside if c.state != "same"), owners=owners,
        proposal=_proposal(row, now.elements) if row else None, history=history(code),
    )  # fmt: skip


def tasks() -> tuple[AdoptionTask, ...]:
    """Changes of base items that this node has not followed yet, the most urgent first."""
    return tuple(AdoptionTask.objects.filter(done_at__isnull=True).order_by("due_on", "code")[:100])


def proposals() -> tuple[ProposalView, ...]:
    """Open proposals that came one by one."""
    found = Proposal.objects.filter(state__in=OPEN, batch__isnull=True).order_by("updated_at")[:100]
    return tuple(_proposal(row, Elements()) for row in found)


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


def _proposal(row: Proposal, present: Elements) -> ProposalView:
    elements, _ = read_elements(row.elements)
    changes = tuple(c for c in compare(present, elements) if c.state != "same")
    return ProposalView(row.id, row.code, row.state, row.author, row.valid_from, row.note, row.seen, changes)
