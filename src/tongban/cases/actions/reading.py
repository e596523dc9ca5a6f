"""Staff opening a person's file: the access is recorded and committed before anything is read (decision 15)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from tongban.cases import policy, queries
from tongban.cases.queries.loading import load_case, load_filing, load_part
from tongban.cases.views import CaseView, FilingView, PartView
from tongban.identity.actions import record_access
from tongban.kernel.people import Act, ActorKind
from tongban.kernel.problems import Refusal

FIELDS = ("applicant", "answers", "materials")
"""What a full view discloses."""


def open_case_file(
    act: Act, kind: Literal["case", "part", "filing"], id: UUID
) -> CaseView | PartView | FilingView:
    """The full view for staff.

    1. May this post read it at all? request.not_found if not, and nothing is recorded.  2. The access, committed.
    3. The view, persons in full.  The applicant's own look at a filing is no access to another's data.
    """
    match kind:
        case "case":
            case_row, case_facts = load_case(id)
            _record(act, case_facts, case_row.filing_id, f"case:{id}", "review")
            return queries.case_view(act.actor, id, recorded=True)
        case "part":
            part_row, part_facts = load_part(id)
            _record(act, part_facts, part_row.filing_id, f"part:{id}", "part")
            return queries.part_view(act.actor, id, recorded=True)
    loaded = load_filing(id)
    _record(act, loaded.facts, id, f"filing:{id}", "window")
    return queries.filing_view(act.actor, id, recorded=True)


def _record(act: Act, facts: policy.Facts, filing_id: UUID, case_ref: str, purpose: str) -> None:
    if not policy.may_read(act.actor, facts):
        raise Refusal("request.not_found")
    if act.actor.kind is not ActorKind.APPLICANT:
        record_access(act, f"filing:{filing_id}", purpose, FIELDS, case_ref=case_ref)
