"""Rows with what is known around them, as frozen facts: the first movement of every action and of every view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongban.cases.models import Case, CaseMirror, CorrectionMirror, Filing, FilingChecks, FilingCopy, Part, PartMirror
from tongban.cases.models.sealed import unseal
from tongban.cases.rules.lifecycle.case import CaseFacts
from tongban.cases.rules.lifecycle.filing import FilingFacts
from tongban.cases.rules.lifecycle.part import PartFacts
from tongban.config import config
from tongban.exchange import queries as exchange
from tongban.kernel.problems import Refusal


@dataclass(frozen=True, slots=True)
class Loaded:
    """A filing with what belongs to it. ``open_round`` is the correction that waits for an answer."""

    row: Filing
    checks: FilingChecks | None
    mirror: CaseMirror | None
    open_round: CorrectionMirror | None
    facts: FilingFacts


def load_filing(filing_id: UUID) -> Loaded:
    """Refuses request.not_found."""
    row = Filing.objects.filter(id=filing_id).select_related("checks", "case_mirror").first()
    if row is None:
        raise Refusal("request.not_found")
    checks, mirror = getattr(row, "checks", None), getattr(row, "case_mirror", None)
    waiting = None
    if mirror is not None and mirror.status == "correction":
        waiting = row.corrections.filter(answered_at__isnull=True).order_by("-round").first()
    facts = row.facts(
        owner=config().node_id,
        checks=checks,
        open_round=waiting.round if waiting else None,
        case_known=mirror is not None,
        outcome=mirror.outcome if mirror else None,
    )
    return Loaded(row, checks, mirror, waiting, facts)


def load_case(case_id: UUID, *, with_files: bool = False) -> tuple[Case, CaseFacts]:
    """A case this node owns. One that is only mirrored here is another node's to decide (permission.not_owner).

    ``with_files``: also count the attachments that have not arrived.
    """
    row = Case.objects.filter(id=case_id).first()
    if row is None:
        owner = CaseMirror.objects.filter(case_id=case_id).values_list("owner", flat=True).first()
        raise Refusal("permission.not_owner", owner=owner) if owner else Refusal("request.not_found")
    missing = missing_files(copy_of(row).attachments) if with_files else 0
    return row, row.facts(owner=config().node_id, attachments_missing=missing)


def load_part(part_id: UUID, *, with_files: bool = False) -> tuple[Part, PartFacts]:
    """A part this node owns; see :func:`load_case`."""
    row = Part.objects.filter(id=part_id).first()
    if row is None:
        owner = PartMirror.objects.filter(part_id=part_id).values_list("owner", flat=True).first()
        raise Refusal("permission.not_owner", owner=owner) if owner else Refusal("request.not_found")
    missing = missing_files(row.attachments) if with_files else 0
    return row, row.facts(owner=config().node_id, attachments_missing=missing)


def case_of_filing(filing_id: UUID, sender: str) -> tuple[Case, CaseFacts]:
    """The case of a filing that ``sender`` speaks about. Refuses any other sender than its place of intake."""
    row = Case.objects.filter(filing_id=filing_id).first()
    if row is None:
        raise Refusal("request.not_found")
    if row.intake_node != sender:
        raise Refusal("peer.untrusted", sender=sender)
    return row, row.facts(owner=config().node_id)


def copy_of(row: Case) -> FilingCopy:
    """The revision under review."""
    return FilingCopy.objects.get(filing_id=row.filing_id, revision=row.revision)


def missing_files(attachments: Iterable[Mapping[str, Any]]) -> int:
    """How many of these have not arrived yet."""
    wanted = {attachment["digest"] for attachment in attachments}
    if not wanted:
        return 0
    known = exchange.blob_info(wanted)
    return sum(1 for digest in wanted if digest not in known or not known[digest].stored)


def draft_answers(row: Filing) -> dict[str, Any]:
    return unseal(row.draft_sealed, table="filing", id=row.id, column="draft")


def applicant_of(row: Filing) -> dict[str, str]:
    return unseal(row.applicant_sealed, table="filing", id=row.id, column="applicant")
