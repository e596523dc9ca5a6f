"""The stage the applicant sees: computed over filing, case and parts, stored nowhere (decision 1)."""

from __future__ import annotations

from enum import StrEnum

from .lifecycle import case, filing


class Stage(StrEnum):
    DRAFT = "draft"
    DISCARDED = "discarded"
    PENDING_DELIVERY = "pending_delivery"  # submitted; the competent place has not said anything yet
    RECEIVED = "received"
    CORRECTION = "correction"
    CORRECTION_ANSWERED = "correction_answered"  # the answer is under way
    ACCEPTED = "accepted"
    WITHDRAWING = "withdrawing"
    DECIDED = "decided"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DECLINED = "declined"


_OF_CASE = {
    case.Status.RECEIVED: Stage.RECEIVED,
    case.Status.CORRECTION: Stage.CORRECTION,
    case.Status.ACCEPTED: Stage.ACCEPTED,
    case.Status.NOT_ACCEPTED: Stage.NOT_ACCEPTED,
    case.Status.GRANTED: Stage.DECIDED,
    case.Status.DENIED: Stage.DECIDED,
    case.Status.DELIVERED: Stage.DELIVERED,
}


def stage_of_case(status: case.Status, close_reason: case.CloseReason | None) -> Stage:
    """The stage by what the competent place says alone."""
    if status is case.Status.CLOSED:
        assert close_reason is not None
        return Stage(close_reason.value)
    return _OF_CASE[status]


def stage_of(
    status: filing.Status,
    case_status: case.Status | None,
    close_reason: case.CloseReason | None,
    *,
    answered: bool,
    delivered: bool,
) -> Stage:
    """The stage by all that is known at the place of intake.

    ``answered``: the open round has been answered here and the competent place has not taken it yet;
    ``delivered``: the result reached the applicant here.
    """
    match status:
        case filing.Status.DRAFT:
            return Stage.DRAFT
        case filing.Status.DISCARDED:
            return Stage.DISCARDED
        case filing.Status.DECLINED:
            return Stage.DECLINED
        case filing.Status.WITHDRAWAL_REQUESTED:
            return Stage.WITHDRAWING
    if case_status is None:
        return Stage.PENDING_DELIVERY
    stage = stage_of_case(case_status, close_reason)
    if stage is Stage.CORRECTION and answered:
        return Stage.CORRECTION_ANSWERED
    if stage is Stage.DECIDED and delivered:
        return Stage.DELIVERED
    return stage
