"""Moving a running case to the version of its item in force today (在办件换版): explicit, one fact a case."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions.planning import about, plan_case
from tongban.cases.events import CaseRebased, ItemRef, PartRebased
from tongban.cases.models import Case, CaseRebasing, PartMirror
from tongban.cases.models.clocks import columns
from tongban.cases.queries.loading import load_case
from tongban.cases.queries.rebasing import running, version_in_force
from tongban.cases.rules import rebasing as rule
from tongban.cases.rules.lifecycle.case import Status, Step
from tongban.config import config
from tongban.items.queries import VersionView
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from . import clocks, pinning
from .writing import compare_and_set, insert


@action
def rebase(act: Act, case_id: UUID, *, to: int, reason: str, seen: int) -> UUID:
    """``to`` is the number of the version the dry run looked at, ``reason`` one of ``rules.rebasing.REASONS``. The open
    parts of a joint plan are told to follow.

    Refusals: as for any step of a case; state.reason_missing; state.stale if another version is in force meanwhile;
    state.rebasing_not_possible, each obstacle as a field ``obstacles.<code>``.
    """
    row, facts = load_case(case_id)
    plan_case(act, row, facts, Step.REBASE, seen=seen)
    if reason not in rule.REASONS:
        raise Refusal("state.reason_missing", fields={"reason": "required"})
    on = local_date(act.at)
    before, after = pinning.pinned_version(row), version_in_force(row, on)
    if after is None or after.ref.version != to or to <= row.item_version:
        raise Refusal("state.stale", seen=to, version=after.ref.version if after else row.item_version)
    verdict = rule.judge(before, after, running(row), on, organizations.calendar())
    if verdict.obstacles:
        raise Refusal(
            "state.rebasing_not_possible", fields={f"obstacles.{o.code}": "invalid" for o in verdict.obstacles}
        )
    left = pinning.reference(row)
    _keep(act, row, after, reason)
    compare_and_set(row, **pinning.columns(after), **columns(verdict.tell, verdict.work))
    on_day = row.work_due_on or row.tell_due_on
    assert on_day is not None, "a received or accepted case has a running clock"
    due = clocks.due_of(on_day, row)
    accepted = facts.status is Status.ACCEPTED
    record(
        CaseRebased(
            **about(row),
            item=pinning.reference(row),
            before=left,
            reason=reason,
            tell_once_due=None if accepted else due,
            handling_due=due if accepted else None,
            handling_days=row.work_days if accepted else None,
        )
    )
    _move_parts(act, row, left, reason)
    return case_id


def _move_parts(act: Act, row: Case, left: ItemRef, reason: str) -> None:
    """Tell every open part of a joint plan; what was decided stays, what comes later is called under the version the
    case then has."""
    for mirror in PartMirror.objects.filter(case_id=row.id).order_by("seq"):
        if rule.fate_of(mirror.status) == "follows":
            plan_case(act, row, row.facts(owner=config().node_id), Step.REBASE_PART, seen=None)
            record(
                PartRebased(
                    **about(row), part_id=mirror.part_id, step_key=mirror.step_key, seq=mirror.seq, node=mirror.owner,
                    item=pinning.reference(row), before=left, reason=reason,
                )
            )  # fmt: skip


def _keep(act: Act, row: Case, after: VersionView, reason: str) -> None:
    insert(
        CaseRebasing(
            id=new_id(), case=row, status=row.status, from_version=row.item_version, from_digest=row.item_digest,
            to_version=after.ref.version, to_digest=after.ref.digest, reason=reason, at=act.at, by=act.actor.ref,
        )
    )  # fmt: skip
