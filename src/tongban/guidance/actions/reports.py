"""A reader reports an error; an item manager answers it."""

from __future__ import annotations

from uuid import UUID

from tongban.guidance.events import ErrorAnswered, ErrorReported
from tongban.guidance.models import Report
from tongban.guidance.policy import must_manage_items
from tongban.guidance.rules.reports import MOST_A_DAY, OUTCOMES, PARTS, cleaned
from tongban.items import queries as items
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal


@action
def report_error(act: Act, entry_key: str, part: str, note: str) -> UUID:
    """Keep the report. The actor is the node itself: readers need not sign in, and nothing of them is kept.

    Refusals: request.not_found (no such entry), request.invalid (part), request.rate_limited (a flood).
    """
    if items.entry(entry_key) is None:
        raise Refusal("request.not_found")
    if part not in PARTS:
        raise Refusal("request.invalid", fields={"part": "choice"})
    since = act.at.replace(hour=0, minute=0, second=0, microsecond=0)
    if Report.objects.filter(reported_at__gte=since).count() >= MOST_A_DAY:
        raise Refusal("request.rate_limited")
    report = Report.objects.create(id=new_id(), entry_key=entry_key, part=part, note=cleaned(note), reported_at=act.at)
    record(ErrorReported(subject_id=report.id, entry_key=entry_key, part=part))
    return UUID(str(report.id))


@action
def answer_report(act: Act, report_id: UUID, outcome: str) -> UUID:
    """Settle a report once; a second answer changes nothing."""
    must_manage_items(act.actor)
    if outcome not in OUTCOMES:
        raise Refusal("request.invalid", fields={"outcome": "choice"})
    report = Report.objects.select_for_update().filter(id=report_id).first()
    if report is None:
        raise Refusal("request.not_found")
    if report.outcome is not None:
        raise Unchanged(report_id)
    report.outcome, report.answered_at = outcome, act.at
    report.save(update_fields=["outcome", "answered_at"])
    record(ErrorAnswered(subject_id=report_id, entry_key=report.entry_key, outcome=outcome))
    return report_id
