"""Taking in a whole file: everything becomes proposals, or nothing does; a second person publishes or discards them."""

from __future__ import annotations

from uuid import UUID

from tongban.config import config
from tongban.items import checking
from tongban.items.current import current
from tongban.items.events import BatchDiscarded, BatchPublished, RowsImported
from tongban.items.importing import DryRun
from tongban.items.models import Proposal
from tongban.items.rules.elements import write_elements
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .proposing import OPEN, must_manage, publish_row
from .wordings import renew


@action
def import_rows(act: Act, run: DryRun) -> UUID:
    """Keep the rows of a faultless dry run as proposals that lie with a second person; returns the batch.

    Refusals: permission.denied; request.invalid if there are faults or nothing changes; state.proposal_open.
    """
    must_manage(act)
    if config().is_directory:  # it has base items alone
        raise Refusal("permission.denied")
    if run.faults or not run.rows:
        raise Refusal("request.invalid", fields={"file": "has_faults" if run.faults else "changes_nothing"})
    codes = [row.code for row in run.rows]
    if busy := Proposal.objects.filter(code__in=codes, state__in=OPEN).values_list("code", flat=True).first():
        raise Refusal("state.proposal_open", item=busy)
    batch, made = new_id(), []
    for row in run.rows:
        now = current("implementation", row.code)
        made.append(
            Proposal(
                id=new_id(),
                kind="implementation",
                code=row.code,
                entry_key=now.entry_key if now else "",
                based_on=now.version if now else 0,
                elements=write_elements(row.elements),
                valid_from=row.valid_from,
                state="submitted",
                batch=batch,
                author=act.actor.ref,
                updated_at=act.at,
            )
        )
    Proposal.objects.bulk_create(made, batch_size=500)
    record(RowsImported(subject_id=batch, rows=len(made), file_digest=run.file_digest), opens=True)
    return batch


@action
def publish_batch(act: Act, batch: UUID) -> int:
    """The second person approves the whole import; returns the number of versions. One that cannot be stops all.

    Refusals: request.not_found, permission.second_person, and what :func:`publish` refuses.
    """
    rows = _open(act, batch)
    if any(row.author == act.actor.ref for row in rows):
        raise Refusal("permission.second_person")
    codes = checking.codes_on(local_date(act.at))
    for row in rows:
        publish_row(act, row, codes)
        row.state, row.reviewer, row.seen, row.updated_at = "published", act.actor.ref, row.seen + 1, act.at
    Proposal.objects.bulk_update(rows, ["state", "reviewer", "seen", "updated_at"], batch_size=500)
    renew(act.at)
    record(BatchPublished(subject_id=batch, versions=len(rows)))
    return len(rows)


@action
def discard_batch(act: Act, batch: UUID) -> int:
    """Give up a whole import."""
    rows = _open(act, batch)
    Proposal.objects.filter(pk__in=[row.pk for row in rows]).update(state="discarded", updated_at=act.at)
    record(BatchDiscarded(subject_id=batch, rows=len(rows)))
    return len(rows)


def _open(act: Act, batch: UUID) -> list[Proposal]:
    must_manage(act)
    rows = list(Proposal.objects.select_for_update().filter(batch=batch, state="submitted").order_by("code"))
    if not rows:
        raise Refusal("request.not_found")
    return rows
