"""The filing: owned by the place of intake from the first draft to its conclusion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tongban.cases import events
from tongban.kernel.problems import Refusal

from .table import Plan, To, look_up


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWAL_REQUESTED = "withdrawal_requested"
    DECLINED = "declined"
    CONCLUDED = "concluded"
    DISCARDED = "discarded"


class Step(StrEnum):
    SAVE_DRAFT = "save_draft"
    RECORD_CHECKS = "record_checks"
    SUBMIT = "submit"
    DISCARD = "discard"
    ANSWER_CORRECTION = "answer_correction"
    REQUEST_WITHDRAWAL = "request_withdrawal"
    HAND_OVER = "hand_over"
    # what this node does by itself, or after hearing from another
    DELIVER_ELECTRONICALLY = "deliver_electronically"
    NOTE_CASE = "note_case"
    NOTE_DECLINE = "note_decline"
    NOTE_WITHDRAWAL_REFUSED = "note_withdrawal_refused"
    CONCLUDE = "conclude"


PEOPLE_STEPS: Final = (
    Step.SAVE_DRAFT, Step.RECORD_CHECKS, Step.SUBMIT, Step.DISCARD, Step.ANSWER_CORRECTION,
    Step.REQUEST_WITHDRAWAL, Step.HAND_OVER,
)  # fmt: skip
"""The steps a person can take, in the order of a life."""

_S, _W = Status.SUBMITTED, Status.WITHDRAWAL_REQUESTED

TRANSITIONS: Final[Mapping[tuple[Status, Step], To[Status]]] = {
    (Status.DRAFT, Step.SAVE_DRAFT): To(Status.DRAFT, events.FilingDraftSaved),
    (Status.DRAFT, Step.RECORD_CHECKS): To(Status.DRAFT, events.FilingChecksRecorded),
    (Status.DRAFT, Step.SUBMIT): To(_S, events.FilingSubmitted),
    (Status.DRAFT, Step.DISCARD): To(Status.DISCARDED, events.FilingDiscarded),
    (_S, Step.ANSWER_CORRECTION): To(_S, events.FilingRevised),
    (_S, Step.REQUEST_WITHDRAWAL): To(_W, events.FilingWithdrawalRequested),
    (_S, Step.HAND_OVER): To(_S, events.FilingResultDelivered),
    (_S, Step.DELIVER_ELECTRONICALLY): To(_S, events.FilingResultDelivered),
    (_W, Step.DELIVER_ELECTRONICALLY): To(_W, events.FilingResultDelivered),
    (_S, Step.NOTE_CASE): To(_S, events.FilingCaseNoted),
    (_W, Step.NOTE_CASE): To(_W, events.FilingCaseNoted),
    (Status.CONCLUDED, Step.NOTE_CASE): To(Status.CONCLUDED, events.FilingCaseNoted),
    (_S, Step.NOTE_DECLINE): To(Status.DECLINED, events.FilingDeclineNoted),
    (_W, Step.NOTE_DECLINE): To(Status.DECLINED, events.FilingDeclineNoted),
    (_W, Step.NOTE_WITHDRAWAL_REFUSED): To(_S, events.FilingCaseNoted),
    (_S, Step.CONCLUDE): To(Status.CONCLUDED, events.FilingConcluded),
    (_W, Step.CONCLUDE): To(Status.CONCLUDED, events.FilingConcluded),
}


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """What the rules need to know of a filing, including what its mirror says of the case.

    ``owner`` is this node; ``applicant`` the reference of the person (None if a clerk filed for somebody without an
    account); ``open_round`` the correction round waiting for an answer; ``outcome`` granted | denied once decided.
    """

    filing_id: UUID
    owner: str
    status: Status
    mode: str
    channel: str
    applicant: str | None
    intake_region: str
    window: str | None
    checks_recorded: bool = False
    checks_failed: tuple[str, ...] = ()
    open_round: int | None = None
    case_known: bool = False
    outcome: str | None = None
    delivered: bool = False


def why_not(status: Status, step: Step) -> str:
    """What stands in the way of a step that this status does not know."""
    if status is Status.DRAFT:
        return "still_draft"
    if status not in (_S, _W):
        return "over"
    if step in (Step.SAVE_DRAFT, Step.RECORD_CHECKS, Step.SUBMIT, Step.DISCARD):
        return "already_sent"
    return "withdrawal_asked" if status is _W else "no_withdrawal_asked"


def obstacle(facts: FilingFacts, step: Step, at: datetime) -> Refusal | None:
    """Why this step is not possible now, or None."""
    entry = look_up(TRANSITIONS, facts.status, step, offered=PEOPLE_STEPS, why=why_not)
    if isinstance(entry, Refusal):
        return entry
    match step:
        case Step.SUBMIT if facts.channel == "window" and not facts.checks_recorded:
            return Refusal("state.checks_missing")  # both checks before forwarding
        case Step.SUBMIT if facts.channel == "window" and facts.checks_failed:
            return Refusal("state.checks_missing", failed=list(facts.checks_failed))
        case Step.ANSWER_CORRECTION if facts.open_round is None:
            return _not_now(facts, step, "no_open_correction")
        case Step.REQUEST_WITHDRAWAL if facts.mode == "joint":
            return Refusal("state.withdrawal_not_in_joint")
        case Step.REQUEST_WITHDRAWAL if facts.outcome is not None:
            return Refusal("state.already_decided", outcome=facts.outcome)
        case Step.HAND_OVER | Step.DELIVER_ELECTRONICALLY if facts.outcome is None:
            return _not_now(facts, step, "not_decided_yet")
        case Step.HAND_OVER | Step.DELIVER_ELECTRONICALLY if facts.delivered:
            return _not_now(facts, step, "already_delivered")
    return None


def plan(facts: FilingFacts, step: Step, at: datetime) -> Plan[Status]:
    """What to write. Raises the obstacle."""
    refused = obstacle(facts, step, at)
    if refused is not None:
        raise refused
    entry = TRANSITIONS[facts.status, step]
    assert entry.status is not None
    return Plan(entry.status, entry.says, entry.clock)


def _not_now(facts: FilingFacts, step: Step, why: str) -> Refusal:
    return Refusal("state.step_not_possible", step=step.value, status=facts.status.value, why=why)
