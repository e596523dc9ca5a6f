"""A new edition of a list: taken in whole by one item manager, published by another; and yearly reports."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tongban.config import config
from tongban.items import lists
from tongban.items.events import EditionDiscarded, EditionPublished, EditionSubmitted, ProgressReported
from tongban.items.models import ListEdition, ProgressReport
from tongban.items.rules.annex import as_json
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .proposing import must_manage
from .wordings import renew

LONGEST = 4_000


@action
def submit_edition(act: Act, list_code: str, run: lists.DryRun, *, valid_from: date, basis: str) -> UUID:
    """Lay the list of a faultless dry run before a second person.

    Refusals: permission.denied (another node's list), request.not_found, state.reason_missing without a basis,
    request.invalid (faults, nothing changes), state.proposal_open, state.version_not_later.
    """
    must_manage(act)
    today = local_date(act.at)
    row = lists.find(list_code, today)
    if row is None:
        raise Refusal("request.not_found")
    if not lists.mine(row, today):
        raise Refusal("permission.denied")
    if not basis.strip():
        raise Refusal("state.reason_missing")
    if run.annex is None or not run.changes:
        raise Refusal("request.invalid", fields={"file": "has_faults" if run.faults else "changes_nothing"})
    if ListEdition.objects.filter(list_code=list_code, state="submitted").exists():
        raise Refusal("state.proposal_open", item=list_code)
    _must_be_later(list_code, valid_from)
    made = ListEdition.objects.create(
        id=new_id(), list_code=list_code, state="submitted", rows=as_json(run.annex), digest=run.file_digest,
        basis=basis.strip()[:LONGEST], author=act.actor.ref, valid_from=valid_from, at=act.at,
    )  # fmt: skip
    record(
        EditionSubmitted(
            subject_id=made.id, list_code=list_code, rows=len(run.annex.lines), digest=run.file_digest,
            valid_from=valid_from,
        ),
        opens=True,
    )  # fmt: skip
    return made.id


@action
def publish_edition(act: Act, edition: UUID) -> int:
    """The second person approves; the edition before it ends that day. Returns its number.

    Refusals: request.not_found, permission.second_person, state.version_not_later.
    """
    row = _open(act, edition)
    if row.author == act.actor.ref:
        raise Refusal("permission.second_person")
    _must_be_later(row.list_code, row.valid_from)
    published = ListEdition.objects.filter(list_code=row.list_code, state="published")
    published.filter(valid_to__isnull=True).update(valid_to=row.valid_from)
    before = published.order_by("-number").values_list("number", flat=True).first()
    row.number = (before or 0) + 1
    row.digest = lists.digest(row.list_code, row.number, lists.annex_of_row(row))
    row.state, row.reviewer, row.at = "published", act.actor.ref, act.at
    row.owner, row.unreleased = config().node_id, True
    row.save()
    renew(act.at)
    record(
        EditionPublished(
            subject_id=row.id, list_code=row.list_code, number=row.number, digest=row.digest, valid_from=row.valid_from
        )
    )
    return row.number


@action
def discard_edition(act: Act, edition: UUID) -> UUID:
    """Give it up. Refusals: request.not_found."""
    row = _open(act, edition)
    row.state, row.at = "discarded", act.at
    row.save()
    record(EditionDiscarded(subject_id=row.id, list_code=row.list_code))
    return row.id


@action
def report_progress(act: Act, entry_key: str, year: int, text: str) -> UUID:
    """The lead unit's report on an entry that comes later. Refusals: request.not_found if none is due,
    state.reason_missing without a text."""
    must_manage(act)
    if not text.strip():
        raise Refusal("state.reason_missing")
    due = lists.reports_due(local_date(act.at))
    task = next((t for t in due if (t.entry_key, t.year) == (entry_key, year)), None)
    if task is None:
        raise Refusal("request.not_found")
    made = ProgressReport.objects.create(
        id=new_id(), entry_key=entry_key, year=year, unit=task.unit, text=text.strip()[:LONGEST],
        author=act.actor.ref, sent_at=act.at,
    )  # fmt: skip
    record(ProgressReported(subject_id=made.id, entry_key=entry_key, year=year, unit=task.unit), opens=True)
    return made.id


def _must_be_later(list_code: str, valid_from: date) -> None:
    newest = ListEdition.objects.filter(list_code=list_code, state="published").order_by("-number").first()
    if newest is not None and valid_from <= newest.valid_from:
        raise Refusal("state.version_not_later", present=newest.valid_from.isoformat())


def _open(act: Act, edition: UUID) -> ListEdition:
    must_manage(act)
    row = ListEdition.objects.select_for_update().filter(pk=edition, state="submitted").first()
    if row is None:
        raise Refusal("request.not_found")
    return row
