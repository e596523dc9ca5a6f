"""Answering a correction: a further, complete revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongban.cases.actions import pinning
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingRevised
from tongban.cases.models import CorrectionMirror
from tongban.cases.queries.loading import applicant_of, load_filing
from tongban.cases.rules import corrections
from tongban.cases.rules.lifecycle.filing import Step
from tongban.config import config
from tongban.journal.action import action, record
from tongban.kernel.people import Act
from tongban.materials import queries as materials

from .content import checks_made, freeze
from .planning import planned
from .submitting import check_complete


@action
def answer_correction(
    act: Act, filing_id: UUID, answers: Mapping[str, Any], point_answers: Mapping[str, str], *, seen: int
) -> UUID:
    """Freeze revision n+1; every point of the open round is answered in ``point_answers`` (point key → text).

    ``answers`` is complete, never a difference; files are those uploaded for the filing by now.
    """
    loaded = load_filing(filing_id)
    row, waiting = loaded.row, loaded.open_round
    plan = planned(act, loaded, Step.ANSWER_CORRECTION, seen=seen)
    assert waiting is not None and row.number is not None
    corrections.check_answers([point["key"] for point in waiting.points], point_answers)
    version, uploads = pinning.pinned_version(row), materials.uploads(filing_id)
    check_complete(act, row, version, answers, uploads, applicant=applicant_of(row))
    number = row.revision + 1
    compare_and_set(row, status=plan.status, revision=number)
    CorrectionMirror.objects.filter(pk=waiting.pk).update(answered_by_revision=number, answered_at=act.at)
    frozen = freeze(
        act,
        row,
        version,
        number=number,
        applicant=applicant_of(row),
        answers=answers,
        uploads=uploads,
        answers_round=waiting.round,
        point_answers=point_answers,
    )
    record(
        FilingRevised(
            subject_id=filing_id,
            filing_number=row.number,
            revision=number,
            content_digest=frozen.digest,
            answers_round=waiting.round,
            competent_node=row.competent_node,
            intake_node=config().node_id,
            checks=checks_made(loaded.checks, uploads),
            attachments=frozen.attachments,
            personal=frozen.leaving,
        )
    )
    return filing_id
