"""What a window does beyond a person: look at the papers and at who stands there (R-081). Never a decision."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tongban.cases.actions import pinning
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingChecksRecorded
from tongban.cases.models import FilingChecks
from tongban.cases.queries.loading import load_filing
from tongban.cases.rules.lifecycle.filing import Step
from tongban.cases.rules.modes import IDENTITY_METHODS
from tongban.journal.action import action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

from .content import checks_made
from .planning import planned


@action
def record_checks(act: Act, filing_id: UUID, *, formal: Mapping[str, bool], identity_method: str, seen: int) -> UUID:
    """The formal check (material key → in order) and the identity check. Recording again replaces both.

    ``identity_method``: id_card_seen | id_card_reader | face_compared.
    """
    loaded = load_filing(filing_id)
    row = loaded.row
    plan = planned(act, loaded, Step.RECORD_CHECKS, seen=seen)
    known = {material.key for material in pinning.pinned_version(row).materials}
    faults = {f"formal.{key}": "unknown" for key in formal if key not in known}
    if identity_method not in IDENTITY_METHODS:
        faults["identity_method"] = "enum" if identity_method else "required"
    if faults:
        raise Refusal("request.invalid", fields=faults)
    compare_and_set(row, status=plan.status)
    checks, _ = FilingChecks.objects.update_or_create(
        filing=row,
        defaults={
            "formal": dict(formal),
            "identity_method": identity_method,
            "window": row.window,
            "checked_at": act.at,
            "checked_by": act.actor.ref,
        },
    )
    made = checks_made(checks)
    assert made is not None
    record(FilingChecksRecorded(subject_id=filing_id, checks=made))
    return filing_id
