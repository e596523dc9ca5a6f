"""The dry run of moving running cases to the version in force: what would change, case by case. No person is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tongban.cases.models import Case, FilingCopy, PartMirror
from tongban.cases.models.clocks import read_clock
from tongban.cases.models.sealed import unseal
from tongban.cases.rules import rebasing as rule
from tongban.cases.rules.deadlines import Clock
from tongban.config import config
from tongban.items import queries as items
from tongban.items.queries import VersionRef, VersionView
from tongban.journal import clock
from tongban.kernel.people import Actor, Role
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from . import loading
from .queue import covered

RUNNING = ("received", "correction", "accepted")
MOST = 200
"""Most cases of one dry run; the rest comes with the next."""
ROLES = (Role.REVIEWER, Role.ITEM_MANAGER)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Running cases of an item under a version that is no longer in force."""

    entry_key: str
    code: str
    name: str
    version: int
    in_force: int
    cases: int


@dataclass(frozen=True, slots=True)
class PartRun:
    """One step of a joint plan in a dry run. ``status`` of its part as this node knows it, None before its
    call."""

    step_key: str
    seq: int
    name: str
    node: str
    region: str
    status: str | None
    fate: rule.Fate


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One case of a dry run. ``seen`` goes into the real one. The clock is the one that runs. ``parts`` in the order of
    the joint plan; empty for any other case."""

    case_id: UUID
    filing_number: str
    status: str
    seen: int
    obstacles: tuple[rule.Obstacle, ...]
    clock: Clock | None
    clock_after: Clock | None
    parts: tuple[PartRun, ...] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    """``more``: there are cases beyond :data:`MOST`."""

    before: VersionView
    after: VersionView
    change: rule.Change
    cases: tuple[CaseRun, ...]
    more: bool

    @property
    def possible(self) -> tuple[CaseRun, ...]:
        return tuple(case for case in self.cases if not case.obstacles)


def waiting(actor: Actor) -> tuple[Waiting, ...]:
    """What the actor could look at: items with running cases under an earlier version."""
    today, found = local_date(clock.now()), []
    rows = (
        _cases(actor).values("entry_key", "item_code", "item_name", "item_version", "item_owner")
        .annotate(cases=Count("id")).order_by("item_code", "item_version")
    )  # fmt: skip
    for row in rows:
        now = items.open_version(row["entry_key"], row["item_owner"], today)
        if now is not None and now.ref.code == row["item_code"] and now.ref.version > row["item_version"]:
            found.append(
                Waiting(
                    row["entry_key"], row["item_code"], row["item_name"], row["item_version"], now.ref.version,
                    row["cases"],
                )
            )  # fmt: skip
    return tuple(found)


def dry_run(actor: Actor, code: str, version: int) -> DryRun | None:
    """What moving the actor's running cases of ``code`` under ``version`` to the version in force would do. None if
    there is none, or nothing later is in force."""
    rows = list(_cases(actor).filter(item_code=code, item_version=version).order_by("received_at", "id")[: MOST + 1])
    if not rows:
        return None
    today, first = local_date(clock.now()), rows[0]
    after = version_in_force(first, today)
    before = items.version(VersionRef(first.item_owner, code, version, first.item_digest))
    if after is None or before is None or after.ref.version <= version:
        return None
    runs = _runs(rows[:MOST], before, after, today)
    return DryRun(before, after, rule.changes(before, after), tuple(runs), len(rows) > MOST)


def version_in_force(row: Case, on: date) -> VersionView | None:
    """The version of the case's own item that holds on a day."""
    found = items.open_version(row.entry_key, row.item_owner, on)
    return found if found is not None and found.ref.code == row.item_code else None


def running(row: Case, copy: FilingCopy | None = None) -> rule.Running:
    """The case as the rule sees it: with the answers and the files of the revision under review."""
    copy = copy or loading.copy_of(row)
    content = unseal(copy.content_sealed, table="copy", id=copy.id, column="content") if copy.content_sealed else {}
    return rule.Running(
        status=row.status, mode=row.mode, answers=content.get("answers", {}),
        supplied=frozenset(attachment["key"] for attachment in copy.attachments),
        tell=read_clock(row, "tell"), work=read_clock(row, "work"),
    )  # fmt: skip


def _runs(rows: list[Case], before: VersionView, after: VersionView, today: date) -> Iterable[CaseRun]:
    copies = {
        (copy.filing_id, copy.revision): copy
        for copy in FilingCopy.objects.filter(filing_id__in=[row.filing_id for row in rows])
    }
    known: dict[UUID, dict[str, PartMirror]] = {}
    for mirror in PartMirror.objects.filter(case_id__in=[row.id for row in rows if row.mode == "joint"]):
        known.setdefault(mirror.case_id, {})[mirror.step_key] = mirror
    calendar = organizations.calendar()
    for row in rows:
        case = running(row, copies[row.filing_id, row.revision])
        verdict = rule.judge(before, after, case, today, calendar)
        was, will = (case.work, verdict.work) if row.status == "accepted" else (case.tell, verdict.tell)
        found = _parts(row, after, known.get(row.id, {}))
        yield CaseRun(row.id, row.filing_number, row.status, row.version, verdict.obstacles, was, will, found)


def _parts(row: Case, after: VersionView, known: Mapping[str, PartMirror]) -> tuple[PartRun, ...]:
    names = {step.key: step.name for step in after.plan}
    found = []
    for step in sorted(row.plan or (), key=lambda step: int(step["seq"])):
        mirror = known.get(step["key"])
        status = mirror.status if mirror else None
        found.append(
            PartRun(
                step["key"], step["seq"], names.get(step["key"], step["key"]), step["node"], step["region"], status,
                rule.fate_of(status),
            )
        )  # fmt: skip
    return tuple(found)


def _cases(actor: Actor) -> QuerySet[Case]:
    return Case.objects.filter(covered(actor, *ROLES), Q(status__in=RUNNING), item_owner=config().node_id)
