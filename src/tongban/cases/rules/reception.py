"""Whether a filing that arrived opens a case here, or is declined and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Decline(StrEnum):
    """Why no case is opened. The sender hears the code, the applicant its wording."""

    SENDER_MAY_NOT_FILE = "sender_may_not_file"
    ITEM_VERSION_UNKNOWN = "item_version_unknown"
    MODE_NOT_OPEN = "mode_not_open"
    NOT_COMPETENT = "not_competent"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a filing at the door. ``intake_owner``: the node the trust list names for the intake region;
    ``competent_node``: who decides by the pinned version, None if nobody."""

    sender: str
    intake_node: str
    intake_owner: str | None
    item_known: bool
    modes: tuple[str, ...]
    mode: str
    competent_node: str | None
    whole: bool


def reason_to_decline(arrival: Arrival, *, me: str) -> Decline | None:
    """The first reason, in the order of what can be trusted: sender, content, item, mode, competence."""
    if arrival.sender != arrival.intake_node or arrival.intake_owner != arrival.sender:
        return Decline.SENDER_MAY_NOT_FILE
    if not arrival.whole:
        return Decline.MALFORMED
    if not arrival.item_known:
        return Decline.ITEM_VERSION_UNKNOWN
    if arrival.mode not in arrival.modes:
        return Decline.MODE_NOT_OPEN
    if arrival.competent_node != me:
        return Decline.NOT_COMPETENT
    return None
