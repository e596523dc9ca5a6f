"""The decision of the competent place (审查决定). Never taken in joint handling, where the parts decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.cases.actions.planning import about, plan_case, refuse_without_reasons
from tongban.cases.events import CaseDecided
from tongban.cases.models.sealed import seal
from tongban.cases.queries.loading import load_case
from tongban.cases.rules import result as rule
from tongban.cases.rules.lifecycle.case import Step
from tongban.journal.action import action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from . import clocks, pinning
from .writing import compare_and_set


@dataclass(frozen=True, slots=True)
class ResultDraft:
    """What is granted: the document's number, its last day, and a wording for the applicant."""

    number: str | None = None
    valid_until: date | None = None
    text: str = ""

    def as_json(self) -> dict[str, str | None]:
        until = self.valid_until.isoformat() if self.valid_until else None
        return {"number": self.number, "valid_until": until, "text": self.text}


@action
def grant(act: Act, case_id: UUID, *, result: ResultDraft, seen: int) -> UUID:
    """准予, with its result. Refused while attachments are still arriving (decision 6), and if a
    license has no number or the last day is past (request.invalid: number, valid_until)."""
    row, facts = load_case(case_id, with_files=True)
    plan = plan_case(act, row, facts, Step.GRANT, seen=seen)
    on, personal = local_date(act.at), {"result": result.as_json()}
    version = pinning.pinned_version(row)
    faults = rule.faults(version.result_type, result.number, result.valid_until, decided_on=on)
    if faults:
        raise Refusal("request.invalid", fields=faults)
    compare_and_set(
        row,
        status=plan.status,
        outcome="granted",
        decided_on=on,
        result_sealed=seal(personal, table="case", id=case_id, column="result"),
        **clocks.stopped(row, on),
    )
    record(
        CaseDecided(
            **about(row),
            outcome="granted",
            reasons=(),
            decided_on=on,
            result_type=version.result_type,
            personal=personal,
        )
    )
    return case_id


@action
def deny(act: Act, case_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """不予, with ``reasons`` (code → wording; 行政许可法 §38)."""
    row, facts = load_case(case_id, with_files=True)
    plan = plan_case(act, row, facts, Step.DENY, seen=seen)
    codes, on, personal = refuse_without_reasons(reasons), local_date(act.at), {"texts": dict(reasons)}
    compare_and_set(
        row,
        status=plan.status,
        outcome="denied",
        decided_on=on,
        reasons=list(codes),
        result_sealed=seal(personal, table="case", id=case_id, column="result"),
        **clocks.stopped(row, on),
    )
    record(
        CaseDecided(**about(row), outcome="denied", reasons=codes, decided_on=on, result_type=None, personal=personal)
    )
    return case_id
