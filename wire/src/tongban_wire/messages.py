# ruff: noqa: PLC0414 — "as" says that the name is offered here too
"""Every sentence a node can say to another, on one page (protocol version 1).

A message is a fact in the past tense; *when* it happened is the time of its envelope. Public fields hold
codes, references, numbers and dates; what is about a person stands in ``personal``, which travels beside the
signed bytes and can be erased (decision 14): ``PERSONAL`` names the keys it may hold. Texts are keyed by the
code or point they belong to. Unknown fields are ignored; an unknown type opens as :class:`NotUnderstood`, to
be stored and parked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from .problems import WireProblem
from .reading import read_dataclass
from .words import TYPE_NAME, Base64, Channel, Compact, Digest, Key, Mode, Node, Region
from .words import Attachment as Attachment
from .words import Checks as Checks
from .words import CorrectionPoint as CorrectionPoint
from .words import DueDate as DueDate
from .words import ItemRef as ItemRef
from .words import Message as Message
from .words import NotUnderstood as NotUnderstood

# ---- filing: said by the node of intake (收件地) -----------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FilingSubmitted(Message):
    """Revision 1. personal: applicant {name, id_number, mobile}, answers, filenames {digest: name}."""

    TYPE = "cn.tongban.filing.submitted/1"
    PERSONAL = frozenset({"applicant", "answers", "filenames"})
    filing_id: UUID
    filing_number: str
    revision: int
    content_digest: Digest
    item: ItemRef
    mode: Mode
    channel: Channel
    intake_node: Node
    intake_region: Region
    anchor_region: Region
    anchor_kind: Key | None = None
    releasing_region: Region | None = None
    window: str | None = None
    checks: Checks | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FilingRevised(Message):
    """A further revision; item, mode and places stay. personal: as above, and point_answers {point: text}."""

    TYPE = "cn.tongban.filing.revised/1"
    PERSONAL = frozenset({"applicant", "answers", "point_answers", "filenames"})
    filing_id: UUID
    filing_number: str
    revision: int
    content_digest: Digest
    intake_node: Node
    answers_round: int
    checks: Checks | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FilingWithdrawalRequested(Message):
    """A wish; the owner of the case answers with its own fact (decision 5)."""

    TYPE = "cn.tongban.filing.withdrawal_requested/1"
    PERSONAL = frozenset({"reason"})
    filing_id: UUID
    filing_number: str
    revision: int
    case_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class FilingResultDelivered(Message):
    """Said by the place of intake: the result is in the applicant's hands."""

    TYPE = "cn.tongban.filing.result_delivered/1"
    filing_id: UUID
    filing_number: str
    case_id: UUID
    method: Literal["electronic", "window"]


@dataclass(frozen=True, kw_only=True)
class FilingDeclined(Message):
    """Said by the competent node: no case was opened, and why (e.g. ``item_version_unknown``)."""

    TYPE = "cn.tongban.filing.declined/1"
    filing_id: UUID
    filing_number: str
    revision: int
    reason: Key
    params: Mapping[str, Any] = field(default_factory=dict)


# ---- case: said by the competent node (业务属地) -----------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _OfCase(Message):
    case_id: UUID
    filing_id: UUID
    filing_number: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(_OfCase):
    """Received, not accepted: the tell-once clock runs (行政许可法 §32)."""

    TYPE = "cn.tongban.case.opened/1"
    revision: int
    mode: Mode
    region: Region
    received_on: date
    tell_once_due: DueDate
    authority: str | None = None
    authority_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCorrectionRequested(_OfCase):
    """All points at once. personal: texts {point key: wording}, reason (why a further round)."""

    TYPE = "cn.tongban.case.correction_requested/1"
    PERSONAL = frozenset({"texts", "reason"})
    round: int
    about_revision: int
    points: tuple[CorrectionPoint, ...]
    answer_due: DueDate | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCorrectionTaken(_OfCase):
    """Revision ``revision`` answered round ``round``; the stopped clock resumes with a new date."""

    TYPE = "cn.tongban.case.correction_taken/1"
    round: int
    revision: int
    returns_to: Literal["received", "accepted"]
    tell_once_due: DueDate | None = None
    handling_due: DueDate | None = None


@dataclass(frozen=True, kw_only=True)
class CaseAccepted(_OfCase):
    """受理. ``deemed``: nothing was told in five working days. ``handling_days`` are working days."""

    TYPE = "cn.tongban.case.accepted/1"
    deemed: bool
    accepted_on: date
    handling_days: int
    handling_due: DueDate


@dataclass(frozen=True, kw_only=True)
class CaseNotAccepted(_OfCase):
    """personal: texts {reason: wording}."""

    TYPE = "cn.tongban.case.not_accepted/1"
    PERSONAL = frozenset({"texts"})
    reasons: tuple[Key, ...]


@dataclass(frozen=True, kw_only=True)
class CaseDecided(_OfCase):
    """personal: result {number, valid_until, text …} or texts {reason: wording}; filenames {digest: name}."""

    TYPE = "cn.tongban.case.decided/1"
    PERSONAL = frozenset({"result", "texts", "filenames"})
    outcome: Literal["granted", "denied"]
    decided_on: date
    reasons: tuple[Key, ...] = ()
    result_type: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseDelivered(_OfCase):
    """The competent node heard that the result reached the applicant."""

    TYPE = "cn.tongban.case.delivered/1"
    method: Literal["electronic", "window"]


@dataclass(frozen=True, kw_only=True)
class CaseClosed(_OfCase):
    """The case is over; nothing follows but answers to wishes that came too late."""

    TYPE = "cn.tongban.case.closed/1"
    reason: Literal["completed", "withdrawn", "not_accepted", "lapsed"]


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawalRefused(_OfCase):
    """The wish came too late; ``reason`` is a problem code."""

    TYPE = "cn.tongban.case.withdrawal_refused/1"
    reason: Key


@dataclass(frozen=True, kw_only=True)
class CaseRebased(_OfCase):
    """The running case goes on under a later version of its item, ``item`` (在办件换版). ``reason`` says why; the due
    date is that of the running clock; it never becomes later. ``handling_days`` only after acceptance."""

    TYPE = "cn.tongban.case.rebased/1"
    item: ItemRef
    from_version: int
    reason: Key
    tell_once_due: DueDate | None = None
    handling_due: DueDate | None = None
    handling_days: int | None = None


# ---- part: called by the lead, answered by the node of the part's place ------------------------------------


@dataclass(frozen=True, kw_only=True)
class _OfPart(Message):
    """``case_id`` is the lead case, ``seq`` the place of the step in its plan, from 1."""

    part_id: UUID
    case_id: UUID
    filing_id: UUID
    filing_number: str
    step_key: Key
    seq: int


@dataclass(frozen=True, kw_only=True)
class PartCalled(_OfPart):
    """personal: applicant, answers (only what the item version lets leave for this step), filenames."""

    TYPE = "cn.tongban.part.called/1"
    PERSONAL = frozenset({"applicant", "answers", "filenames"})
    node: Node
    lead_node: Node
    intake_node: Node
    region: Region
    limit_days: int
    item: ItemRef
    name: str | None = None
    place: Literal["receiving", "releasing"] | None = None
    revision: int | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartRebased(_OfPart):
    """The lead case goes on under a later version of its item, ``item``: so does this part while it is open. A part
    that was decided stays as it was. Its limit does not change."""

    TYPE = "cn.tongban.part.rebased/1"
    item: ItemRef
    from_version: int
    reason: Key


@dataclass(frozen=True, kw_only=True)
class PartOpened(_OfPart):
    """The owner of the step took it up; its clock runs until ``due``."""

    TYPE = "cn.tongban.part.opened/1"
    opened_on: date
    due: DueDate
    region: Region | None = None
    authority: str | None = None
    authority_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class PartDecided(_OfPart):
    """personal: note (completed) or texts {reason: wording} (refused)."""

    TYPE = "cn.tongban.part.decided/1"
    PERSONAL = frozenset({"note", "texts"})
    outcome: Literal["completed", "refused", "lapsed"]
    decided_on: date
    reasons: tuple[Key, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DayBookClosed(Message):
    """Every node closes its days: the signed book, its digest, an RFC 3161 token over it if one was to be had."""

    TYPE = "cn.tongban.daybook.closed/1"
    node: Node
    day: date
    digest: Digest
    day_book: Compact
    time_stamp: Base64 | None = None


SENTENCES: Final[tuple[type[Message], ...]] = (
    FilingSubmitted, FilingRevised, FilingWithdrawalRequested, FilingResultDelivered, FilingDeclined,
    CaseOpened, CaseCorrectionRequested, CaseCorrectionTaken, CaseAccepted, CaseNotAccepted, CaseDecided,
    CaseDelivered, CaseClosed, CaseWithdrawalRefused, CaseRebased, PartCalled, PartOpened, PartDecided,
    PartRebased, DayBookClosed,
)  # fmt: skip
MESSAGES: Final[Mapping[str, type[Message]]] = {kind.TYPE: kind for kind in SENTENCES}


def parse(type_name: str, data: Any, personal: Any = None) -> Message:
    """The message of a type from its JSON. Raises ``WireProblem("message.malformed")`` naming the field.

    ``personal`` is None when the sender said nothing personal or when it has been erased.
    """
    if not isinstance(type_name, str) or not TYPE_NAME.fullmatch(type_name):
        raise WireProblem("message.malformed", "type")
    if not isinstance(data, dict):
        raise WireProblem("message.malformed", "body: object")
    if personal is not None and not isinstance(personal, dict):
        raise WireProblem("message.malformed", "personal: object")
    kind = MESSAGES.get(type_name)
    if kind is None:
        return NotUnderstood(unknown_type=type_name, data=data, personal=personal)
    message = read_dataclass(kind, data)
    if personal is not None:
        object.__setattr__(message, "personal", {k: v for k, v in personal.items() if k in kind.PERSONAL})
    return message
