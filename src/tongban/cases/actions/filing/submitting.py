"""Submitting: revision 1 is frozen and leaves for the competent node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tongban.cases.actions import pinning
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingSubmitted
from tongban.cases.models import Filing, FilingChecks
from tongban.cases.queries.loading import applicant_of, draft_answers, load_filing
from tongban.cases.rules import completeness
from tongban.cases.rules import identity as proven
from tongban.cases.rules.lifecycle.filing import Status, Step
from tongban.config import config
from tongban.items import queries as items
from tongban.items.queries import VersionView
from tongban.journal.action import action, record
from tongban.kernel.ids import new_filing_number
from tongban.kernel.people import Act, ActorKind
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.materials import queries as materials
from tongban.materials.actions import attach_within
from tongban.materials.queries import UploadView

from .content import Frozen, checks_made, freeze, put_in_since
from .drafting import Prepared, Wanted, prepare
from .planning import planned


@action
def submit(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Freeze revision 1 and send it to the competent node."""
    loaded = load_filing(filing_id)
    row = loaded.row
    plan = planned(act, loaded, Step.SUBMIT, seen=seen)
    version = pinning.pinned_version(row)
    if version.valid_to is not None and version.valid_to <= local_date(act.at):
        raise Refusal("state.item_version_unknown", item=row.item_code, version=row.item_version)
    answers, uploads = draft_answers(row), materials.uploads(filing_id)
    check_complete(act, row, version, answers, uploads, applicant=applicant_of(row))
    if loaded.checks is not None:
        _refuse_unchecked(loaded.checks, version, answers, uploads)
    compare_and_set(
        row,
        status=plan.status,
        number=new_filing_number(config().node_id),
        revision=1,
        draft_sealed=None,
        submitted_at=act.at,
        status_since=act.at,
    )
    frozen = freeze(act, row, version, number=1, applicant=applicant_of(row), answers=answers, uploads=uploads)
    record(_submitted(row, version, frozen, loaded.checks))
    return filing_id


@action
def file(
    act: Act,
    entry_key: str,
    mode: str,
    *,
    anchor_region: str,
    intake_region: str,
    answers: Mapping[str, Any],
    releasing_region: str | None = None,
    for_person: Mapping[str, str] | None = None,
    uploads: Mapping[str, Sequence[UUID]] | None = None,
    also: Callable[[UUID, str], None] | None = None,
) -> UUID:
    """Draft and submit in one transaction, for departments' systems; not for windows, whose checks come between.

    ``uploads``: material key → ids of the actor's own loose uploads. ``also`` is called inside the transaction, after
    the last check and before the rows are written, with the new filing's id and number: the API keeps its idempotency
    key there, and raises to undo everything.
    """
    wanted = Wanted(entry_key, mode, anchor_region, intake_region, releasing_region, for_person, None)
    prepared: Prepared = prepare(act, wanted)
    row, version = prepared.row, prepared.version
    if row.channel == "window":
        raise Refusal("state.checks_missing")
    unknown = sorted(set(uploads or ()) - {material.key for material in version.materials})
    if unknown:
        raise Refusal("request.invalid", fields={f"uploads.{key}": "unknown_material" for key in unknown})
    given = attach_within(row.id, uploads, owner_ref=act.actor.ref) if uploads else ()
    check_complete(act, row, version, answers, given, applicant=prepared.applicant)
    row.status, row.number, row.revision = Status.SUBMITTED, new_filing_number(config().node_id), 1
    row.submitted_at = act.at
    if also is not None:
        also(row.id, row.number)
    frozen = freeze(
        act, row, version, number=1, applicant=prepared.applicant, answers=answers, uploads=given, with_row=True
    )
    record(_submitted(row, version, frozen, None), opens=True)
    return row.id


def check_complete(
    act: Act,
    row: Filing,
    version: VersionView,
    answers: Mapping[str, Any],
    uploads: Sequence[UploadView],
    *,
    applicant: Mapping[str, str],
) -> None:
    """The person is proven well enough and is the one the answers name, the answers fit the pinned form, every
    material is there. Raises Refusal."""
    if act.actor.kind is ActorKind.APPLICANT and act.actor.level < version.min_level:
        raise Refusal("permission.level_too_low", needed=version.min_level, level=act.actor.level)
    others = proven.faults(version.form, answers, applicant, window=row.channel == "window")
    completeness.check(
        version.ref.digest,
        version.form,
        items.materials_for(version, answers),
        answers=answers,
        supplied={upload.requirement_key for upload in uploads},
        is_region=pinning.is_region,
        on=local_date(act.at),
        others=others,
    )


def _refuse_unchecked(
    checks: FilingChecks, version: VersionView, answers: Mapping[str, Any], uploads: Sequence[UploadView]
) -> None:
    """Every material that is needed or was handed in has been looked at, as it lies there now (R-081)."""
    handed_in = {upload.requirement_key for upload in uploads}
    due = {m.key for m in version.materials if m.key in handed_in}
    due |= {m.key for m in items.materials_for(version, answers) if m.needed(answers)}
    unchecked = sorted((due - set(checks.formal)) | put_in_since(checks, uploads))
    if unchecked:
        raise Refusal("state.checks_missing", fields={f"formal.{key}": "required" for key in unchecked})


def _submitted(row: Filing, version: VersionView, frozen: Frozen, checks: FilingChecks | None) -> FilingSubmitted:
    assert row.number is not None
    return FilingSubmitted(
        subject_id=row.id,
        filing_number=row.number,
        revision=1,
        content_digest=frozen.digest,
        item=pinning.reference(row),
        mode=row.mode,
        channel=row.channel,
        intake_node=config().node_id,
        competent_node=row.competent_node,
        intake_region=row.intake_region,
        anchor_region=row.anchor_region,
        anchor_kind=version.anchor_kind,
        releasing_region=row.releasing_region,
        window=row.window,
        checks=checks_made(checks),
        attachments=frozen.attachments,
        personal=frozen.leaving,
    )
