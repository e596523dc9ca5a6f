"""Who holds a matter now, since when, until when — as the place of intake knows it."""

from __future__ import annotations

from tongban.cases.models import CaseMirror, CorrectionMirror, Filing, PartMirror
from tongban.cases.rules.modes import Doer, Mode, duties
from tongban.cases.rules.stage import Stage
from tongban.cases.views import Holder
from tongban.config import config

from .shapes import due, place


def holder(
    row: Filing,
    mirror: CaseMirror | None,
    last_round: CorrectionMirror | None,
    parts: list[PartMirror],
    stage: Stage,
    *,
    name_authority: bool = True,
) -> Holder | None:
    """None once nothing is left to do. ``transit``: our word is on its way and has not been answered.

    ``name_authority``: name the authority, not only its node; one more question to the database.
    """
    me, duty = config().node_id, duties(Mode(row.mode))
    match stage:
        case Stage.DRAFT:
            return Holder(_here(duty.files), me, place(me), row.started_at, None)
        case Stage.PENDING_DELIVERY | Stage.WITHDRAWING:
            return Holder("transit", row.competent_node, place(row.competent_node), row.status_since, None)
        case Stage.CORRECTION if last_round is not None:
            return Holder(_here(duty.answers), me, place(me), last_round.requested_at, None)
        case Stage.CORRECTION_ANSWERED if last_round is not None and last_round.answered_at is not None:
            return Holder("transit", row.competent_node, place(row.competent_node), last_round.answered_at, None)
        case Stage.DECIDED if mirror is not None:
            return Holder(_here(duty.delivers), me, place(me), mirror.since, None)
        case Stage.RECEIVED | Stage.ACCEPTED if mirror is not None:
            open_part = next((part for part in parts if part.status in ("called", "open")), None)
            if open_part is not None:
                until = due(open_part.due_on, open_part.due_calendar, open_part.due_estimated)
                return Holder("part", open_part.owner, place(open_part.owner), open_part.since, until)
            until = due(mirror.due_on, mirror.due_calendar, mirror.due_estimated)
            named = place(mirror.owner, mirror.authority if name_authority else None)
            return Holder("reviewer", mirror.owner, named, mirror.since, until)
    return None


def _here(doer: Doer) -> str:
    return "nobody" if doer is Doer.NODE else doer.value
