"""What a message about a case says of its status: message → the columns of the mirror. Pure, so a mirror can be rebuilt
from its messages at any time."""

from __future__ import annotations

from typing import Any

from tongban_wire import messages
from tongban_wire.messages import DueDate

from .lifecycle.case import Status

CaseMessage = (
    messages.CaseOpened
    | messages.CaseCorrectionRequested
    | messages.CaseCorrectionTaken
    | messages.CaseAccepted
    | messages.CaseNotAccepted
    | messages.CaseDecided
    | messages.CaseDelivered
    | messages.CaseClosed
    | messages.CaseWithdrawalRefused
    | messages.CaseRebased
)


def columns(said: CaseMessage) -> dict[str, Any]:
    """The columns this message changes; ``status`` is absent if it leaves the status alone. No personal value."""
    match said:
        case messages.CaseOpened():
            return {
                "status": Status.RECEIVED,
                "revision": said.revision,
                "region": said.region,
                "authority": said.authority,
                "received_on": said.received_on,
                **_due(said.tell_once_due),
            }
        case messages.CaseCorrectionRequested():
            return {"status": Status.CORRECTION, **_due(None)}
        case messages.CaseCorrectionTaken():
            return {
                "status": Status(said.returns_to),
                "revision": said.revision,
                **_due(said.handling_due or said.tell_once_due),
            }
        case messages.CaseAccepted():
            return {
                "status": Status.ACCEPTED,
                "accepted_on": said.accepted_on,
                "deemed": said.deemed,
                "handling_days": said.handling_days,
                **_due(said.handling_due),
            }
        case messages.CaseNotAccepted():
            return {"status": Status.NOT_ACCEPTED, "reasons": list(said.reasons), **_due(None)}
        case messages.CaseDecided():
            return {
                "status": Status(said.outcome),
                "outcome": said.outcome,
                "reasons": list(said.reasons),
                "decided_on": said.decided_on,
                **_due(None),
            }
        case messages.CaseDelivered():
            return {"status": Status.DELIVERED, "delivery_method": said.method}
        case messages.CaseClosed():
            return {"status": Status.CLOSED, "close_reason": said.reason, **_due(None)}
        case messages.CaseWithdrawalRefused():
            return {}
        case messages.CaseRebased():
            days = {} if said.handling_days is None else {"handling_days": said.handling_days}
            return {**_due(said.handling_due or said.tell_once_due), **days}


def timeline_params(body: dict[str, Any]) -> dict[str, Any]:
    """What of a message's public part belongs on the timeline: everything but the references of the matter itself."""
    shown = {
        key: value for key, value in body.items()
        if key not in ("case_id", "filing_id", "filing_number", "item", "before")
    }  # fmt: skip
    if "from_version" in body or "before" in body:  # the case changed its version: both numbers are shown
        shown["from_version"] = body.get("from_version") or body["before"]["version"]
        shown["to_version"] = body["item"]["version"]
    return shown


def _due(due: DueDate | None) -> dict[str, Any]:
    return {
        "due_on": due.on if due else None,
        "due_calendar": due.calendar_version if due else None,
        "due_estimated": due.estimated if due else False,
    }
