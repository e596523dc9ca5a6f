"""Desk queues: the open work of somebody's posts, by deadline. What a list shows is what the verdict allows: the rows
are chosen by the same posts that ``policy.covers`` asks, and a test holds the two together."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from tongban.cases.models import Case, CorrectionMirror, Filing, Part
from tongban.cases.models.sealed import unseal
from tongban.cases.policy import stem
from tongban.cases.rules.lifecycle import case, filing, part
from tongban.cases.rules.stage import Stage, stage_of_case
from tongban.cases.views import Page, QueueRow
from tongban.directory import queries as directory
from tongban.journal import clock
from tongban.kernel import numbers
from tongban.kernel.people import Actor, ActorKind, Post, Role
from tongban.kernel.problems import Refusal
from tongban.kernel.time import Calendar, Due, local_date, remaining_working_days
from tongban.organizations import queries as organizations

from . import cursors, shapes
from .filings import stage_now
from .loading import applicant_of

NO_DUE = date(9999, 12, 31)
OPEN_CASES = ("received", "accepted")


def desk_queue(
    actor: Actor, kind: str, cursor: str | None = None, filter: str | None = None, limit: int = 20
) -> Page[QueueRow]:
    """Work of the actor's posts, the most urgent first.

    ``kind``: cases | parts | filings; ``filter``: open (default; what waits for this desk), all, overdue, or a status.
    Nobody's queue but staff's: permission.denied.
    """
    if actor.kind is not ActorKind.STAFF:
        raise Refusal("permission.denied")
    match kind:
        case "cases":
            return _cases(actor, cursor, filter or "open", limit)
        case "parts":
            return _parts(actor, cursor, filter or "open", limit)
        case "filings":
            return _filings(actor, cursor, filter or "open", limit)
    raise Refusal("request.not_found", kind=kind)


def covered(actor: Actor, *roles: Role) -> Q:
    """The rows with region, authority and department that a reviewer's posts (or those of ``roles``) cover;
    ``policy.covers`` as SQL."""
    found = Q(pk__in=[])
    for post in actor.posts:
        if post.role in (roles or (Role.REVIEWER,)):
            found |= _covered_by(post)
    return found


def served(actor: Actor) -> Q:
    """The filings that a clerk's posts serve; ``policy`` says the same of one."""
    found = Q(pk__in=[])
    for post in actor.posts:
        if post.role is Role.CLERK:
            in_region = Q(intake_region__startswith=stem(post.region))
            if post.window is None:
                found |= in_region
            else:
                found |= Q(window=post.window) | (Q(window__isnull=True) & in_region)
    return found


def _covered_by(post: Post) -> Q:
    by_region = Q(region__startswith=stem(post.region))
    if post.department is not None:
        by_region &= Q(department=post.department) | Q(department__isnull=True)
    if post.authority is None:
        return by_region
    return Q(authority=post.authority) | (Q(authority__isnull=True) & by_region)


def _cases(actor: Actor, cursor: str | None, wanted: str, limit: int) -> Page[QueueRow]:
    rows = Case.objects.filter(covered(actor)).annotate(
        urgent_on=Coalesce("tell_due_on", "work_due_on", Value(NO_DUE, output_field=DateField()))
    )
    rows = _chosen(rows, wanted, Q(status__in=OPEN_CASES), "urgent_on", set(case.Status))
    return _page(rows, "urgent_on", cursor, limit, _case_row)


def _parts(actor: Actor, cursor: str | None, wanted: str, limit: int) -> Page[QueueRow]:
    rows = Part.objects.filter(covered(actor)).annotate(urgent_on=F("due_on"))
    rows = _chosen(rows, wanted, Q(status="open"), "urgent_on", set(part.Status))
    return _page(rows, "urgent_on", cursor, limit, _part_row)


def _filings(actor: Actor, cursor: str | None, wanted: str, limit: int) -> Page[QueueRow]:
    """Open for a window: drafts, corrections to answer, results to hand over."""
    asked = Q(pk__in=CorrectionMirror.objects.filter(answered_at__isnull=True).values("filing_id"))
    waiting = (
        Q(status="draft")
        | (Q(status="submitted", case_mirror__status="correction") & asked)
        | Q(status="submitted", case_mirror__outcome__isnull=False, delivered_at__isnull=True)
    )
    rows = (
        Filing.objects.filter(served(actor), channel="window")
        .select_related("case_mirror")
        .prefetch_related(
            Prefetch("corrections", queryset=CorrectionMirror.objects.order_by("round"), to_attr="rounds")
        )
        .annotate(
            urgent_on=Coalesce("case_mirror__due_on", Value(NO_DUE, output_field=DateField())),
        )
    )
    rows = _chosen(rows, wanted, waiting, "urgent_on", set(filing.Status))
    return _page(rows, "urgent_on", cursor, limit, _filing_row)


def _chosen(rows: QuerySet[Any], wanted: str, open: Q, due: str, statuses: set[Any]) -> QuerySet[Any]:
    if wanted == "open":
        return rows.filter(open)
    if wanted == "overdue":
        return rows.filter(open, **{f"{due}__lt": local_date(clock.now())})
    if wanted in statuses:
        return rows.filter(status=wanted)
    if wanted != "all":
        raise Refusal("request.invalid", fields={"filter": "enum"})
    return rows


def _page(rows: QuerySet[Any], due: str, cursor: str | None, limit: int, shape: Any) -> Page[QueueRow]:
    """Keyset paging over (due, id): a row that moves between two pages is at worst seen twice, never skipped."""
    if cursor is not None:
        text, id = cursors.read(cursor, 2)
        try:
            on, key = date.fromisoformat(text), UUID(id)
        except ValueError:
            raise Refusal("request.malformed", fields={"cursor": "format"}) from None
        rows = rows.filter(Q(**{f"{due}__gt": on}) | Q(**{due: on, "id__gt": key}))
    found = list(rows.order_by(due, "id")[: limit + 1])
    shown, more = found[:limit], len(found) > limit
    today, calendar = local_date(clock.now()), organizations.calendar()
    items = tuple(shape(row, today, calendar) for row in shown)
    last = cursors.write(getattr(shown[-1], due).isoformat(), str(shown[-1].id)) if more else None
    return Page(items, last)


def _case_row(row: Case, today: date, calendar: Calendar) -> QueueRow:
    due_on = row.tell_due_on or row.work_due_on
    due = shapes.due(due_on, row.due_calendar, row.due_estimated)
    applicant = unseal(row.applicant_sealed, table="case", id=row.id, column="applicant")
    close_reason = case.CloseReason(row.close_reason) if row.close_reason else None
    return QueueRow(
        kind="cases",
        id=row.id,
        filing_number=row.filing_number,
        item=shapes.item(row),
        mode=row.mode,
        status=row.status,
        stage=stage_of_case(case.Status(row.status), close_reason).value,
        applicant=numbers.mask_name(applicant.get("name", "")),
        other_place=directory.node_name(row.intake_node),
        region=row.region,
        since=row.received_at,
        due=due,
        remaining=_remaining(due, today, calendar),
        task={"received": "accept", "accepted": None if row.mode == "joint" else "decide"}.get(row.status),
    )


def _part_row(row: Part, today: date, calendar: Calendar) -> QueueRow:
    due = Due(row.due_on, row.due_calendar, row.due_estimated) if row.status == "open" else None
    applicant = unseal(row.applicant_sealed, table="part", id=row.id, column="applicant")
    return QueueRow(
        kind="parts",
        id=row.id,
        filing_number=row.filing_number,
        item=shapes.item(row),
        mode="joint",
        status=row.status,
        stage=row.status,
        applicant=numbers.mask_name(applicant.get("name", "")),
        other_place=directory.node_name(row.lead_node),
        region=row.region,
        since=row.opened_at,
        due=due,
        remaining=_remaining(due, today, calendar),
        task="decide_part" if row.status == "open" else None,
    )


def _filing_row(row: Filing, today: date, calendar: Calendar) -> QueueRow:
    mirror, rounds = getattr(row, "case_mirror", None), row.rounds  # type: ignore[attr-defined]
    stage = stage_now(row, mirror, rounds[-1] if rounds else None)
    due = shapes.due(mirror.due_on, mirror.due_calendar, mirror.due_estimated) if mirror else None
    task = {Stage.DRAFT: "submit", Stage.CORRECTION: "answer_correction", Stage.DECIDED: "hand_over"}.get(stage)
    return QueueRow(
        kind="filings",
        id=row.id,
        filing_number=row.number,
        item=shapes.item(row),
        mode=row.mode,
        status=row.status,
        stage=stage.value,
        applicant=numbers.mask_name(applicant_of(row).get("name", "")),
        other_place=directory.node_name(row.competent_node),
        region=row.intake_region,
        since=row.status_since,
        due=due,
        remaining=_remaining(due, today, calendar),
        task=task,
    )


def _remaining(due: Due | None, today: date, calendar: Calendar) -> int | None:
    return remaining_working_days(today, due.on, calendar) if due else None
