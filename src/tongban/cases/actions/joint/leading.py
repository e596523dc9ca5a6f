"""The lead goes on: calls the next part, or concludes when the parts have answered (decision 2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.cases.actions import clocks, pinning
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import Attachment, CaseClosed, CaseDecided, PartCalled
from tongban.cases.models import Case, PartMirror
from tongban.cases.models.sealed import seal, unseal
from tongban.cases.queries.loading import copy_of, load_case
from tongban.cases.rules import content, joint
from tongban.cases.rules.joint import Outcome, PlanStep
from tongban.cases.rules.lifecycle import part
from tongban.cases.rules.lifecycle.case import CaseFacts, CloseReason, Status, Step
from tongban.config import config
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.time import local_date

from .planning import read_plan


@action
def advance(act: Act, case_id: UUID) -> UUID:
    """One move of the lead: call the next part, or grant, deny or close by what the parts said. Else: nothing.

    Repeating it is safe: a part is unique per case and step, a concluded case is not concluded again.
    """
    row, facts = load_case(case_id)
    if row.mode != "joint" or facts.status is not Status.ACCEPTED:
        raise Unchanged(case_id)
    plan = read_plan(row)
    mirrors = list(PartMirror.objects.filter(case_id=case_id))
    answers = {m.step_key: None if m.status in ("called", "open") else part.Status(m.status) for m in mirrors}
    concluded = joint.outcome(plan, answers)
    if concluded is not None:
        _conclude(act, row, facts, concluded, mirrors)
        return case_id
    step = joint.next_step(plan, answers)
    if step is None:
        raise Unchanged(case_id)
    _call(act, row, facts, step)
    return case_id


def _call(act: Act, row: Case, facts: CaseFacts, step: PlanStep) -> None:
    plan_case(act, row, facts, Step.CALL_PART, seen=None)
    version, copy, part_id = pinning.pinned_version(row), copy_of(row), new_id()
    said = unseal(copy.content_sealed, table="copy", id=copy.id, column="content")
    defined = next(s for s in version.plan if s.key == step.key)
    compare_and_set(row)
    PartMirror.objects.create(
        part_id=part_id,
        case_id=row.id,
        filing_id=row.filing_id,
        step_key=step.key,
        seq=step.seq,
        owner=step.node,
        region=step.region,
        status="called",
        since=act.at,
    )
    record(
        PartCalled(
            **about(row),
            part_id=part_id,
            step_key=step.key,
            seq=step.seq,
            step_name=defined.name,
            place=defined.place,
            node=step.node,
            lead_node=config().node_id,
            region=step.region,
            limit_days=step.limit_days,
            revision=row.revision,
            item=pinning.reference(row),
            attachments=tuple(Attachment(**attachment) for attachment in copy.attachments),
            personal=content.leaving(
                {key: said[key] for key in ("applicant", "answers", "filenames") if key in said},
                defined.fields_leaving or version.fields_leaving,
            ),
        )
    )


def _conclude(act: Act, row: Case, facts: CaseFacts, outcome: Outcome, mirrors: list[PartMirror]) -> None:
    on = local_date(act.at)
    if outcome is Outcome.LAPSED:
        plan = plan_case(act, row, facts, Step.CLOSE_LAPSED, seen=None)
        compare_and_set(
            row,
            status=plan.status,
            close_reason=CloseReason.LAPSED,
            closed_at=act.at,
            **clocks.stopped(row, on),
        )
        record(CaseClosed(**about(row), reason=CloseReason.LAPSED))
        return
    granted = outcome is Outcome.GRANTED
    plan = plan_case(act, row, facts, Step.GRANT_BY_PARTS if granted else Step.DENY_BY_PARTS, seen=None)
    reasons, personal = _words(mirrors, granted)
    compare_and_set(
        row,
        status=plan.status,
        outcome=outcome,
        decided_on=on,
        reasons=list(reasons),
        result_sealed=seal(personal, table="case", id=row.id, column="result"),
        **clocks.stopped(row, on),
    )
    record(
        CaseDecided(
            **about(row),
            outcome=outcome,
            reasons=reasons,
            decided_on=on,
            result_type=pinning.pinned_version(row).result_type if granted else None,
            personal=personal,
        )
    )


def _words(mirrors: list[PartMirror], granted: bool) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The parts' reasons become the lead's; the notes of the last part are the result's wording."""
    words = {m.seq: unseal(m.words_sealed, table="part_mirror", id=m.part_id, column="words") for m in mirrors}
    if granted:
        last = max(words)
        return (), {"result": {"number": None, "valid_until": None, "text": words[last].get("note", "")}}
    refused = [m for m in mirrors if m.status == part.Status.REFUSED]
    texts = {code: text for m in refused for code, text in words[m.seq].get("texts", {}).items()}
    return tuple(code for m in refused for code in m.reasons), {"texts": texts}
