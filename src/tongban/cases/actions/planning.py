"""The middle movements of every action on a case or a part: may, then plan; and what its event says first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases import policy
from tongban.cases.models import Case, Part
from tongban.cases.rules.lifecycle import case as case_life
from tongban.cases.rules.lifecycle import part as part_life
from tongban.cases.rules.lifecycle.table import Plan
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

from .writing import refuse_stale


def plan_case(
    act: Act, row: Case, facts: case_life.CaseFacts, step: case_life.Step, *, seen: int | None
) -> Plan[case_life.Status]:
    """``seen`` None: this node itself, or what it heard."""
    refused = policy.may(act.actor, step, facts)
    if refused is not None:
        raise refused
    if seen is not None:
        refuse_stale(row, seen)
    return case_life.plan(facts, step, act.at)


def plan_part(
    act: Act, row: Part, facts: part_life.PartFacts, step: part_life.Step, *, seen: int | None
) -> Plan[part_life.Status]:
    """As for a case."""
    refused = policy.may(act.actor, step, facts)
    if refused is not None:
        raise refused
    if seen is not None:
        refuse_stale(row, seen)
    return part_life.plan(facts, step, act.at)


def about(row: Case) -> dict[str, Any]:
    """What every event of a case says first."""
    return {
        "subject_id": row.id,
        "filing_id": row.filing_id,
        "filing_number": row.filing_number,
        "intake_node": row.intake_node,
    }


def about_part(row: Part) -> dict[str, Any]:
    """What every event of a part says first."""
    return {
        "subject_id": row.id,
        "case_id": row.case_id,
        "filing_id": row.filing_id,
        "filing_number": row.filing_number,
        "step_key": row.step_key,
        "seq": row.seq,
        "lead_node": row.lead_node,
        "intake_node": row.intake_node,
    }


def refuse_without_reasons(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """The codes, each with a wording; none at all is refused (行政许可法 §38: 说明理由)."""
    faults = {f"reasons.{code}": "required" for code, text in reasons.items() if not text.strip()}
    if not reasons or faults:
        raise Refusal("state.reason_missing", fields=faults or {"reasons": "required"})
    return tuple(reasons)
