"""Who does what in each mode, and which place answers for it (R-065 … R-095, R-087, R-116).

Online: the person files and answers, the result is delivered electronically. Proxy 异地代收代办: a window takes the
papers in, checks them formally, answers corrections with the person, hands the result over — and never decides.
Joint 多地联办: filed once, decided part by part. Any_office: the place of intake decides itself; filed like online.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .lifecycle import case, filing, part


class Mode(StrEnum):
    ONLINE = "online"
    PROXY = "proxy"
    JOINT = "joint"
    ANY_OFFICE = "any_office"


class Channel(StrEnum):
    """How the words of the applicant reach us."""

    SELF = "self"
    WINDOW = "window"


class Side(StrEnum):
    """The place answerable for a step."""

    INTAKE = "intake"
    COMPETENT = "competent"
    PART = "part"


class Doer(StrEnum):
    """Who takes a step. NODE: this node after hearing from another, or following its own rule."""

    APPLICANT = "applicant"
    WINDOW = "window"
    REVIEWER = "reviewer"
    ITEM_MANAGER = "item_manager"
    CLOCK = "clock"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Duties:
    """Who does what at the place of intake. ``checks`` None: no check is due."""

    files: Doer
    checks: Doer | None
    answers: Doer
    delivers: Doer
    delivery: str  # electronic | window


DUTIES: Final[Mapping[Channel, Duties]] = {
    Channel.SELF: Duties(Doer.APPLICANT, None, Doer.APPLICANT, Doer.NODE, "electronic"),
    Channel.WINDOW: Duties(Doer.WINDOW, Doer.WINDOW, Doer.WINDOW, Doer.WINDOW, "window"),
}


IDENTITY_METHODS: Final = ("id_card_seen", "id_card_reader", "face_compared")
"""How a window can know who stands there (身份核验)."""


def channel_of(mode: Mode) -> Channel:
    """Proxy is filed at a window; every other mode by the person (assisted filing comes later, R-068)."""
    return Channel.WINDOW if mode is Mode.PROXY else Channel.SELF


def duties(mode: Mode) -> Duties:
    return DUTIES[channel_of(mode)]


AnyStep = filing.Step | case.Step | part.Step

RESPONSIBILITY: Final[Mapping[AnyStep, Side]] = MappingProxyType(
    {
        **dict.fromkeys(filing.Step, Side.INTAKE),
        **dict.fromkeys(case.Step, Side.COMPETENT),
        **dict.fromkeys(part.Step, Side.PART),
    }
)
"""The responsibility matrix (R-087): every step belongs to exactly one side, whatever the mode.

Steps are strings; no two tables use the same one, or this table would be ambiguous."""


def doers(step: AnyStep, mode: Mode) -> frozenset[Doer]:
    """Who may take this step in this mode; never empty."""
    duty = duties(mode)
    F, C, P = filing.Step, case.Step, part.Step
    match step:
        case F.SAVE_DRAFT | F.SUBMIT | F.DISCARD | F.REQUEST_WITHDRAWAL:
            return frozenset({duty.files})
        case F.RECORD_CHECKS:
            return frozenset({Doer.WINDOW})
        case F.ANSWER_CORRECTION:
            return frozenset({duty.answers})
        case F.HAND_OVER:
            return frozenset({Doer.WINDOW})
        case C.ACCEPT | C.NOT_ACCEPT | C.REQUEST_CORRECTION | C.GRANT | C.DENY | P.COMPLETE | P.REFUSE:
            return frozenset({Doer.REVIEWER})
        case C.REBASE | C.REBASE_PART:
            return frozenset({Doer.REVIEWER, Doer.ITEM_MANAGER})
        case C.DEEM_ACCEPTED | P.LAPSE:
            return frozenset({Doer.CLOCK})
    return frozenset({Doer.NODE})


WINDOW_STEPS: Final = frozenset({filing.Step.RECORD_CHECKS, filing.Step.HAND_OVER})
JOINT_ONLY: Final = frozenset(
    {
        case.Step.CALL_PART, case.Step.NOTE_PART, case.Step.GRANT_BY_PARTS, case.Step.DENY_BY_PARTS,
        case.Step.CLOSE_LAPSED, case.Step.REBASE_PART, *part.Step,
    }
)  # fmt: skip
NOT_IN_JOINT: Final = frozenset(
    {filing.Step.REQUEST_WITHDRAWAL, case.Step.GRANT, case.Step.DENY, case.Step.CLOSE_WITHDRAWN}
)


def applies(step: AnyStep, mode: Mode) -> bool:
    """Whether anybody ever takes this step in this mode."""
    if step in WINDOW_STEPS:
        return duties(mode).checks is not None
    if step is filing.Step.DELIVER_ELECTRONICALLY:
        return duties(mode).delivery == "electronic"
    return step not in (NOT_IN_JOINT if mode is Mode.JOINT else JOINT_ONLY)
