"""The case: owned by the competent place from receipt to closing.

Receipt is not acceptance (X-21): the tell-once clock runs in ``received``, the handling clock in ``accepted``, none in
``correction``. ``correction`` remembers where it was asked from and returns there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tongban.cases import events
from tongban.cases.rules.corrections import is_deemed_accepted
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .table import Clock, Plan, To, look_up


class Status(StrEnum):
    RECEIVED = "received"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    GRANTED = "granted"
    DENIED = "denied"
    DELIVERED = "delivered"
    CLOSED = "closed"


class Step(StrEnum):
    ACCEPT = "accept"
    NOT_ACCEPT = "not_accept"
    REQUEST_CORRECTION = "request_correction"
    GRANT = "grant"
    DENY = "deny"
    # time, the plan, the place of intake
    DEEM_ACCEPTED = "deem_accepted"
    TAKE_CORRECTION = "take_correction"
    CALL_PART = "call_part"
    NOTE_PART = "note_part"
    GRANT_BY_PARTS = "grant_by_parts"
    DENY_BY_PARTS = "deny_by_parts"
    CLOSE_LAPSED = "close_lapsed"
    DELIVER = "deliver"
    CLOSE = "close"
    CLOSE_WITHDRAWN = "close_withdrawn"
    REFUSE_WITHDRAWAL = "refuse_withdrawal"
    # the catalog
    REBASE = "rebase"
    REBASE_PART = "rebase_part"


class CloseReason(StrEnum):
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    NOT_ACCEPTED = "not_accepted"
    LAPSED = "lapsed"


PEOPLE_STEPS: Final = (Step.ACCEPT, Step.NOT_ACCEPT, Step.REQUEST_CORRECTION, Step.GRANT, Step.DENY)
"""The steps a reviewer can take, in the order of a life."""

DECIDED: Final = frozenset({Status.NOT_ACCEPTED, Status.GRANTED, Status.DENIED, Status.DELIVERED, Status.CLOSED})

_BEFORE_DECISION: Final = (Status.RECEIVED, Status.CORRECTION, Status.ACCEPTED)

TRANSITIONS: Final[Mapping[tuple[Status, Step], To[Status]]] = {
    (Status.RECEIVED, Step.ACCEPT): To(Status.ACCEPTED, events.CaseAccepted, Clock.START),
    (Status.RECEIVED, Step.DEEM_ACCEPTED): To(Status.ACCEPTED, events.CaseAccepted, Clock.START),
    (Status.RECEIVED, Step.NOT_ACCEPT): To(Status.NOT_ACCEPTED, events.CaseNotAccepted, Clock.STOP),
    (Status.RECEIVED, Step.REQUEST_CORRECTION): To(Status.CORRECTION, events.CaseCorrectionRequested, Clock.STOP),
    (Status.ACCEPTED, Step.REQUEST_CORRECTION): To(Status.CORRECTION, events.CaseCorrectionRequested, Clock.STOP),
    (Status.RECEIVED, Step.REBASE): To(Status.RECEIVED, events.CaseRebased),
    (Status.ACCEPTED, Step.REBASE): To(Status.ACCEPTED, events.CaseRebased),
    (Status.ACCEPTED, Step.REBASE_PART): To(Status.ACCEPTED, events.PartRebased),
    (Status.CORRECTION, Step.TAKE_CORRECTION): To(None, events.CaseCorrectionTaken, Clock.RESUME),
    (Status.ACCEPTED, Step.GRANT): To(Status.GRANTED, events.CaseDecided, Clock.STOP),
    (Status.ACCEPTED, Step.DENY): To(Status.DENIED, events.CaseDecided, Clock.STOP),
    (Status.ACCEPTED, Step.CALL_PART): To(Status.ACCEPTED, events.PartCalled),
    (Status.ACCEPTED, Step.NOTE_PART): To(Status.ACCEPTED, events.CasePartNoted),
    (Status.CORRECTION, Step.NOTE_PART): To(Status.CORRECTION, events.CasePartNoted),
    (Status.ACCEPTED, Step.GRANT_BY_PARTS): To(Status.GRANTED, events.CaseDecided, Clock.STOP),
    (Status.ACCEPTED, Step.DENY_BY_PARTS): To(Status.DENIED, events.CaseDecided, Clock.STOP),
    (Status.ACCEPTED, Step.CLOSE_LAPSED): To(Status.CLOSED, events.CaseClosed, Clock.STOP),
    (Status.GRANTED, Step.DELIVER): To(Status.DELIVERED, events.CaseDelivered),
    (Status.DENIED, Step.DELIVER): To(Status.DELIVERED, events.CaseDelivered),
    (Status.DELIVERED, Step.CLOSE): To(Status.CLOSED, events.CaseClosed),
    (Status.NOT_ACCEPTED, Step.CLOSE): To(Status.CLOSED, events.CaseClosed),
    **{(s, Step.CLOSE_WITHDRAWN): To(Status.CLOSED, events.CaseClosed, Clock.STOP) for s in _BEFORE_DECISION},
    **{(s, Step.REFUSE_WITHDRAWAL): To(s, events.CaseWithdrawalRefused) for s in sorted(DECIDED)},
}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules need to know of a case.

    ``tell_once_due_on``: last day to tell everything missing, None once it has been told or accepted;
    ``attachments_missing``: files named but not yet arrived; ``correction_from``: where an open correction returns to.
    """

    case_id: UUID
    owner: str
    status: Status
    mode: str
    region: str
    authority: str | None
    department: str | None
    tell_once_due_on: date | None = None
    correction_from: Status | None = None
    open_round: int | None = None
    attachments_missing: int = 0
    close_reason: CloseReason | None = None


def why_not(status: Status, step: Step) -> str:
    """What stands in the way of a step that this status does not know."""
    match status:
        case Status.RECEIVED:
            return "accept_first"
        case Status.CORRECTION:
            return "await_correction"
        case Status.ACCEPTED:
            accepting = step in (Step.ACCEPT, Step.DEEM_ACCEPTED, Step.NOT_ACCEPT)
            return "already_accepted" if accepting else "not_decided_yet"
        case Status.CLOSED:
            return "over"
    return "already_decided"


def obstacle(facts: CaseFacts, step: Step, at: datetime) -> Refusal | None:
    """Why this step is not possible now, or None."""
    if facts.mode == "joint" and step in (Step.GRANT, Step.DENY):
        return Refusal("state.decided_by_parts")  # decision 2
    if facts.mode == "joint" and step is Step.CLOSE_WITHDRAWN:
        return Refusal("state.withdrawal_not_in_joint")
    if step in (Step.GRANT, Step.DENY) and facts.status in DECIDED:
        return Refusal("state.already_decided", status=facts.status.value)
    if step is Step.REQUEST_CORRECTION and facts.status is Status.CORRECTION:
        return Refusal("state.correction_already_open", round=facts.open_round)
    entry = look_up(TRANSITIONS, facts.status, step, offered=PEOPLE_STEPS, why=why_not)
    if isinstance(entry, Refusal):
        return entry
    late = facts.tell_once_due_on is not None and is_deemed_accepted(local_date(at), facts.tell_once_due_on)
    match step:
        case Step.ACCEPT | Step.NOT_ACCEPT | Step.REQUEST_CORRECTION | Step.REBASE if (
            late and facts.status is Status.RECEIVED
        ):
            return Refusal("state.deemed_accepted", since=str(facts.tell_once_due_on))  # 行政许可法 §32
        case Step.DEEM_ACCEPTED if not late:
            return _not_now(facts, step, "tell_once_not_over")
        case Step.ACCEPT | Step.GRANT | Step.DENY if facts.attachments_missing:
            return Refusal("state.attachments_pending", missing=facts.attachments_missing)  # decision 6
        case Step.CALL_PART | Step.NOTE_PART | Step.GRANT_BY_PARTS | Step.DENY_BY_PARTS | Step.CLOSE_LAPSED if (
            facts.mode != "joint"
        ):
            return _not_now(facts, step, "not_joint")
    return None


def plan(facts: CaseFacts, step: Step, at: datetime) -> Plan[Status]:
    """What to write. Raises the obstacle."""
    refused = obstacle(facts, step, at)
    if refused is not None:
        raise refused
    entry = TRANSITIONS[facts.status, step]
    status = entry.status if entry.status is not None else facts.correction_from
    assert status is not None, "a case in correction remembers where it came from"
    return Plan(status, entry.says, entry.clock)


def _not_now(facts: CaseFacts, step: Step, why: str) -> Refusal:
    return Refusal("state.step_not_possible", step=step.value, status=facts.status.value, why=why)
