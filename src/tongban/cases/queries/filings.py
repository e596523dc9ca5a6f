"""Filings, for the applicant and for the window that took them in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from tongban.cases import policy
from tongban.cases.models import CaseMirror, CorrectionMirror, Filing, FilingRevision, PartMirror
from tongban.cases.models.sealed import unseal
from tongban.cases.rules.lifecycle import case, filing
from tongban.cases.rules.stage import Stage, stage_of
from tongban.cases.views import (
    ChecksView,
    ClockView,
    FileView,
    FilingRow,
    FilingView,
    Page,
    ReceiptView,
    ResultView,
)
from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items.queries import VersionView
from tongban.journal import clock
from tongban.kernel.people import Actor, ActorKind
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date, remaining_working_days
from tongban.materials import queries as uploads
from tongban.organizations import queries as organizations

from . import corrections, cursors, masking, materials, plan, shapes, timeline
from .holding import holder
from .loading import Loaded, applicant_of, draft_answers, load_filing

UNANSWERED = frozenset({Stage.PENDING_DELIVERY, Stage.CORRECTION_ANSWERED, Stage.WITHDRAWING})
"""Stages in which our word has not been answered by the competent place."""


def filings_of(actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[FilingRow]:
    """The actor's own filings, newest first; four queries whatever the number of rows."""
    rows = Filing.objects.filter(applicant_ref=actor.ref).exclude(status=filing.Status.DISCARDED)
    if cursor is not None:
        rows = rows.filter(_before(cursor))
    rows = rows.select_related("case_mirror").prefetch_related(
        Prefetch("corrections", queryset=CorrectionMirror.objects.order_by("round"), to_attr="rounds")
    )
    found = list(rows.order_by("-started_at", "-id")[: limit + 1])
    shown, more = found[:limit], len(found) > limit
    parts: dict[UUID, list[PartMirror]] = {}
    joint = [row.id for row in shown if row.mode == "joint"]
    for part in PartMirror.objects.filter(filing_id__in=joint).order_by("seq") if joint else ():
        parts.setdefault(part.filing_id, []).append(part)
    items = tuple(_row(row, parts.get(row.id, [])) for row in shown)
    return Page(items, _after(shown[-1]) if more else None)


def drafts_alike(
    actor: Actor, entry_key: str, mode: str, *, anchor_region: str, intake_region: str, releasing_region: str | None
) -> tuple[FilingRow, ...]:
    """The actor's unfinished drafts of this item between these places, newest first; at most three."""
    rows = Filing.objects.filter(
        applicant_ref=actor.ref, status=filing.Status.DRAFT, channel="self", entry_key=entry_key, mode=mode,
        anchor_region=anchor_region, intake_region=intake_region,
        releasing_region=releasing_region if mode == "joint" else None,
    ).prefetch_related(Prefetch("corrections", to_attr="rounds"))  # fmt: skip
    return tuple(_row(row, []) for row in rows.order_by("-started_at", "-id")[:3])


def filing_view(actor: Actor, filing_id: UUID, *, recorded: bool = False) -> FilingView:
    """One filing for its applicant or the window that took it in; request.not_found for everybody else.

    Staff get the person masked unless the access was ``recorded``: see ``actions.reading``.
    """
    loaded = load_filing(filing_id)
    if not policy.may_read(actor, loaded.facts):
        raise Refusal("request.not_found")
    masked = actor.kind is not ActorKind.APPLICANT and not recorded
    row, now = loaded.row, clock.now()
    version = shapes.version_of(row)
    contents, attachments = _revisions(row)
    rounds = list(row.corrections.order_by("round"))
    parts = plan.mirrors_of(row.id) if row.mode == "joint" else []
    stage = stage_now(loaded.row, loaded.mirror, rounds[-1] if rounds else None)
    answers = draft_answers(row) if row.revision == 0 else contents[row.revision].get("answers", {})
    checked = loaded.checks.formal if loaded.checks else {}
    files = _files(loaded, contents, attachments)
    form = version.form if version else {}
    given, result = materials.views(version, files, answers, checked), _result(loaded, version)
    asked = corrections.at_intake(row.mode, rounds, contents)
    if masked:
        given, asked, result = masking.materials(given), masking.corrections(asked), masking.result(result)
    return FilingView(
        filing_id=row.id,
        filing_number=row.number,
        item=shapes.item(row),
        mode=row.mode,
        channel=row.channel,
        status=row.status,
        stage=stage.value,
        version=row.version,
        revision=row.revision,
        applicant=shapes.person(applicant_of(row), masked=masked),
        anchor_region=row.anchor_region,
        intake_region=row.intake_region,
        releasing_region=row.releasing_region,
        competent_node=row.competent_node,
        competent_name=shapes.place(row.competent_node, loaded.mirror.authority if loaded.mirror else None),
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        form=form,
        answers=shapes.answers(answers, form, masked=masked),
        materials=given,
        holder=holder(row, loaded.mirror, rounds[-1] if rounds else None, parts, stage),
        clocks=_clocks(loaded, version, now),
        pending=shapes.pending((f"filing:{row.id}",)),
        timeline=timeline.of_filing(row.id),
        corrections=asked,
        result=result,
        parts=plan.steps(version, parts, _places(row, now)) if row.mode == "joint" else (),
        possible_steps=shapes.steps(actor, loaded.facts, now),
        checks=_checks(loaded),
        close_reason=row.close_reason or row.decline_reason,
        situation=shapes.situation(version, answers),
        manual=items.manual(version, answers, "intake") if version and actor.kind is ActorKind.STAFF else None,
    )


def receipt_view(actor: Actor, filing_id: UUID, *, recorded: bool = False) -> ReceiptView:
    """收件凭证 of a submitted filing: what was taken in on the first day, by revision 1."""
    loaded = load_filing(filing_id)
    row = loaded.row
    if not policy.may_read(actor, loaded.facts) or row.number is None or row.submitted_at is None:
        raise Refusal("request.not_found")
    masked = actor.kind is not ActorKind.APPLICANT and not recorded
    first, version = row.revisions.get(number=1), shapes.version_of(row)
    content = _opened(first)
    files = materials.attached(first.attachments, content.get("filenames", {}), elsewhere=False)
    checked = loaded.checks.formal if loaded.checks else {}
    given = materials.views(version, files, content.get("answers", {}), checked)
    return ReceiptView(
        filing_number=row.number,
        item=shapes.item(row),
        mode=row.mode,
        applicant=shapes.person(content.get("applicant", {}), masked=masked),
        intake_name=directory.node_name(config().node_id),
        intake_region=row.intake_region,
        window=row.window,
        competent_name=directory.node_name(row.competent_node),
        submitted_at=row.submitted_at,
        materials=masking.materials(given) if masked else given,
        content_digest=first.content_digest,
        situation=shapes.situation(version, content.get("answers", {})),
    )


def filing_version(actor: Actor, filing_id: UUID) -> int:
    """The number to give back as ``seen`` (the API's ETag)."""
    loaded = load_filing(filing_id)
    if not policy.may_read(actor, loaded.facts):
        raise Refusal("request.not_found")
    return loaded.row.version


def stage_now(row: Filing, mirror: CaseMirror | None, last_round: CorrectionMirror | None) -> Stage:
    """The computed stage (rules/stage.py) of a row and its mirror."""
    return stage_of(
        filing.Status(row.status),
        case.Status(mirror.status) if mirror else None,
        case.CloseReason(mirror.close_reason) if mirror and mirror.close_reason else None,
        answered=last_round is not None and last_round.answered_at is not None,
        delivered=row.delivered_at is not None,
    )


def _row(row: Filing, parts: list[PartMirror]) -> FilingRow:
    mirror = getattr(row, "case_mirror", None)
    rounds: list[CorrectionMirror] = row.rounds  # type: ignore[attr-defined]
    last = rounds[-1] if rounds else None
    stage = stage_now(row, mirror, last)
    return FilingRow(
        filing_id=row.id,
        filing_number=row.number,
        item=shapes.item(row),
        mode=row.mode,
        status=row.status,
        stage=stage.value,
        holder=holder(row, mirror, last, parts, stage, name_authority=False),
        unanswered=stage in UNANSWERED,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        anchor_region=row.anchor_region,
    )


def _revisions(row: Filing) -> tuple[dict[int, dict[str, Any]], dict[int, list[dict[str, Any]]]]:
    """Revision number → its opened content, and → its attachments."""
    rows = list(row.revisions.order_by("number"))
    return {r.number: _opened(r) for r in rows}, {r.number: r.attachments for r in rows}


def _opened(revision: FilingRevision) -> dict[str, Any]:
    return unseal(revision.content_sealed, table="revision", id=revision.id, column="content")


def _files(
    loaded: Loaded, contents: Mapping[int, Mapping[str, Any]], attachments: Mapping[int, list[dict[str, Any]]]
) -> dict[str, tuple[FileView, ...]]:
    """What is handed in now while it can still change, else what the last revision froze."""
    row = loaded.row
    if row.revision == 0 or loaded.open_round is not None:
        return materials.uploaded(uploads.uploads(row.id))
    names = contents[row.revision].get("filenames", {})
    return materials.attached(attachments[row.revision], names, elsewhere=False)


def _clocks(loaded: Loaded, version: VersionView | None, now: datetime) -> tuple[ClockView, ...]:
    """The clock that runs at the competent place, as it told us; remaining days by our own calendar."""
    mirror = loaded.mirror
    if mirror is None:
        return ()
    until = shapes.due(mirror.due_on, mirror.due_calendar, mirror.due_estimated)
    left = remaining_working_days(local_date(now), until.on, organizations.calendar()) if until else None
    if mirror.accepted_on is not None:
        return (ClockView("handling", mirror.handling_days or 0, mirror.accepted_on, until, left, until is not None),)
    days = version.tell_once_days if version else 5
    return (ClockView("tell_once", days, mirror.received_on, until, left, until is not None),)


def _result(loaded: Loaded, version: VersionView | None) -> ResultView | None:
    mirror = loaded.mirror
    if mirror is None or mirror.result_sealed is None:
        return None
    return shapes.result(
        unseal(mirror.result_sealed, table="case_mirror", id=loaded.row.id, column="result"),
        outcome=mirror.outcome or "not_accepted",
        reasons=mirror.reasons,
        decided_on=mirror.decided_on or local_date(mirror.since),
        result_name=version.result_name if version else "",
        delivered=loaded.row.delivery_method,
    )


def _checks(loaded: Loaded) -> ChecksView | None:
    made = loaded.checks
    return ChecksView(made.formal, made.identity_method, made.checked_at, made.window) if made else None


def _places(row: Filing, now: datetime) -> dict[str, tuple[str, str]]:
    releasing = row.releasing_region or ""
    node = directory.node_of_region(releasing, local_date(now)) if releasing else None
    return {"receiving": (row.competent_node, row.anchor_region), "releasing": (node or "", releasing)}


def _before(text: str) -> Q:
    started, id = cursors.read(text, 2)
    try:
        at, key = datetime.fromisoformat(started), UUID(id)
    except ValueError:
        raise Refusal("request.malformed", fields={"cursor": "format"}) from None
    return Q(started_at__lt=at) | Q(started_at=at, id__lt=key)


def _after(row: Filing) -> str:
    return cursors.write(row.started_at.isoformat(), str(row.id))
