"""The owner of a part decides it, or lets it lapse."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tongban.cases.actions.planning import about_part, plan_part, refuse_without_reasons
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import PartDecided, PartLapsed
from tongban.cases.models.sealed import seal
from tongban.cases.queries.loading import load_part
from tongban.cases.rules.lifecycle.part import Status, Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.time import local_date


@action
def complete_part(act: Act, part_id: UUID, *, note: str = "", seen: int) -> UUID:
    """This place's step is done; ``note`` is for the lead and the applicant."""
    row, facts = load_part(part_id, with_files=True)
    plan = plan_part(act, row, facts, Step.COMPLETE, seen=seen)
    on, words = local_date(act.at), {"note": note}
    compare_and_set(
        row,
        status=plan.status,
        decided_on=on,
        words_sealed=seal(words, table="part", id=part_id, column="words"),
    )
    record(
        PartDecided(**about_part(row), outcome=Status.COMPLETED, reasons=(), decided_on=on, personal=words)
    )
    return part_id


@action
def refuse_part(act: Act, part_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """This place cannot do its step, with ``reasons`` (code → wording)."""
    row, facts = load_part(part_id)
    plan = plan_part(act, row, facts, Step.REFUSE, seen=seen)
    codes, on, words = refuse_without_reasons(reasons), local_date(act.at), {"texts": dict(reasons)}
    compare_and_set(
        row,
        status=plan.status,
        decided_on=on,
        reasons=list(codes),
        words_sealed=seal(words, table="part", id=part_id, column="words"),
    )
    record(PartDecided(**about_part(row), outcome=Status.REFUSED, reasons=codes, decided_on=on, personal=words))
    return part_id


@action
def lapse_part(act: Act, part_id: UUID) -> UUID:
    """Time is up (rules/deadlines.py, ``lapses_on``). No longer open: nothing."""
    row, facts = load_part(part_id)
    if facts.status is not Status.OPEN:
        raise Unchanged(part_id)
    plan = plan_part(act, row, facts, Step.LAPSE, seen=None)
    on = local_date(act.at)
    compare_and_set(row, status=plan.status, decided_on=on)
    record(PartLapsed(**about_part(row), lapsed_on=on))
    return part_id
