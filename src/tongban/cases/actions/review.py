"""What the reviewer at the competent place does before deciding: accept, not accept, ask for corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tongban.cases.actions.planning import about, plan_case, refuse_without_reasons
from tongban.cases.events import CaseAccepted, CaseCorrectionRequested, CaseNotAccepted
from tongban.cases.events import CorrectionPoint as SaidPoint
from tongban.cases.models import Case, CorrectionPoint, CorrectionRound
from tongban.cases.models.sealed import seal
from tongban.cases.queries.loading import load_case
from tongban.cases.rules import corrections, deadlines
from tongban.cases.rules.corrections import PointFacts as Point
from tongban.cases.rules.lifecycle.case import Status, Step
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.time import local_date

from . import clocks, pinning
from .writing import compare_and_set

__all__ = ["Point", "accept", "not_accept", "request_correction"]


@action
def accept(act: Act, case_id: UUID, *, seen: int) -> UUID:
    """受理: the tell-once clock ends, the handling clock starts (X-20)."""
    row, facts = load_case(case_id, with_files=True)
    plan = plan_case(act, row, facts, Step.ACCEPT, seen=seen)
    version, on = pinning.pinned_version(row), local_date(act.at)
    days = deadlines.handling_days(version.promised_days, version.statutory_days)
    columns, due = clocks.handling(row, days, from_on=on, on=on)
    compare_and_set(row, status=plan.status, accepted_on=on, **columns)
    record(
        CaseAccepted(
            **about(row), deemed=False, accepted_on=on, handling_days=days, handling_due=clocks.said(due)
        )
    )
    return case_id


@action
def not_accept(act: Act, case_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """不予受理, with ``reasons`` (code → wording)."""
    row, facts = load_case(case_id)
    plan = plan_case(act, row, facts, Step.NOT_ACCEPT, seen=seen)
    codes = refuse_without_reasons(reasons)
    compare_and_set(
        row,
        status=plan.status,
        reasons=list(codes),
        result_sealed=seal({"texts": dict(reasons)}, table="case", id=case_id, column="result"),
        decided_on=local_date(act.at),
        **clocks.stopped(row, local_date(act.at)),
    )
    record(CaseNotAccepted(**about(row), reasons=codes, personal={"texts": dict(reasons)}))
    return case_id


@action
def request_correction(
    act: Act, case_id: UUID, *, points: Sequence[Point], reason: str | None = None, seen: int
) -> UUID:
    """一次性告知补正: all points at once; a further round, or one after acceptance, needs ``reason`` (R-109).

    The clock that runs stops, the case waits for a revision that answers this round.
    """
    row, facts = load_case(case_id)
    plan = plan_case(act, row, facts, Step.REQUEST_CORRECTION, seen=seen)
    number = row.rounds + 1
    corrections.check_request(
        points,
        round=number,
        after_acceptance=facts.status is Status.ACCEPTED,
        reason=reason,
        targets=_targets(row),
    )
    words = {"texts": {point.key: point.text for point in points}, "reason": reason}
    compare_and_set(
        row,
        status=plan.status,
        correction_from=facts.status,
        rounds=number,
        **clocks.stopped(row, local_date(act.at)),
    )
    _keep_round(act, row, number, facts.status, points, words)
    record(
        CaseCorrectionRequested(
            **about(row),
            round=number,
            about_revision=row.revision,
            points=tuple(SaidPoint(key=p.key, target=p.target, code=p.code) for p in points),
            personal=words,
        )
    )
    return case_id


def _keep_round(
    act: Act, row: Case, number: int, from_status: Status, points: Sequence[Point], words: Mapping[str, object]
) -> None:
    round_id = new_id()
    kept = CorrectionRound.objects.create(
        id=round_id,
        case=row,
        number=number,
        about_revision=row.revision,
        from_status=from_status,
        words_sealed=seal(words, table="round", id=round_id, column="words"),
        has_reason=bool(words["reason"]),
        requested_at=act.at,
        requested_by=act.actor.ref,
    )
    CorrectionPoint.objects.bulk_create(
        CorrectionPoint(round=kept, key=p.key, target=p.target, code=p.code) for p in points
    )


def _targets(row: Case) -> set[str]:
    """What a point may be about: a field of the pinned form, a material of the pinned list, or the whole."""
    version = pinning.pinned_version(row)
    fields = {f"answer:{name}" for name in version.form.get("properties", {})}
    return {corrections.GENERAL} | fields | {f"material:{material.key}" for material in version.materials}
