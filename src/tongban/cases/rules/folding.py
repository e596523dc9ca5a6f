"""What the recorded facts of a filing, a case or a part say that its row must say: statuses recomputed. Pure.

The lifecycle tables are read from the other side: which facts may follow in a status, and where each leads. A row that
differs was altered past the actions; a fact that cannot follow was inserted or taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from .lifecycle import case, filing, part
from .lifecycle.table import To

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of the subject's chain: its name, its public body, and the day (ISO, in Shanghai) on which it happened."""

    name: str
    body: Mapping[str, Any]
    on: str = ""


class CannotFollow(ValueError):
    """The facts contradict the lifecycle. ``position`` counts from 1."""

    def __init__(self, position: int, name: str, status: str | None) -> None:
        super().__init__(f"{name} at position {position} cannot follow in status {status}")
        self.position = position


@dataclass(frozen=True, slots=True)
class _Subject:
    table: Mapping[tuple[Any, Any], To[Any]]
    opens: Mapping[str, StrEnum]  # the first fact → the status it opens in
    choose: Callable[[Columns, Told, frozenset[StrEnum | None]], StrEnum | None]
    columns: Callable[[Columns, Told], Columns]


def fold(kind: str, told: Sequence[Told]) -> Columns:
    """The columns that the facts fix, ``status`` among them. ``kind``: filing, case or part.

    Raises :class:`CannotFollow`.
    """
    subject, now = SUBJECTS[kind], Columns()
    for position, fact in enumerate(told, start=1):
        status = now.get("status")
        if position == 1:
            chosen: StrEnum | None = subject.opens.get(fact.name)
        else:
            leads = frozenset(
                to.status for (at, _), to in subject.table.items() if at == status and to.says.name == fact.name
            )
            chosen = subject.choose(now, fact, leads) if leads else None
        if chosen is None:
            raise CannotFollow(position, fact.name, status)
        now = {**now, **subject.columns(now, fact), "status": chosen.value}
    return now


def _only(leads: frozenset[StrEnum | None]) -> StrEnum | None:
    return next(iter(leads)) if len(leads) == 1 else None


_NEW_FILING: Final[Columns] = {"close_reason": None, "decline_reason": None, "delivery_method": None}


def _choose_filing(now: Columns, fact: Told, leads: frozenset[StrEnum | None]) -> StrEnum | None:
    if fact.name == "filing.case_noted" and len(leads) > 1:
        back = fact.body.get("said") == "case.withdrawal_refused"
        return filing.Status.SUBMITTED if back else filing.Status.WITHDRAWAL_REQUESTED
    return _only(leads)


def _filing(now: Columns, fact: Told) -> Columns:
    match fact.name:
        case "filing.started":
            return {**_NEW_FILING, "number": None, "revision": 0}
        case "filing.submitted":
            return {**_NEW_FILING, "number": fact.body["filing_number"], "revision": fact.body["revision"]}
        case "filing.revised":
            return {"revision": fact.body["revision"]}
        case "filing.result_delivered":
            return {"delivery_method": fact.body["method"]}
        case "filing.decline_noted":
            return {"decline_reason": fact.body["reason"]}
        case "filing.concluded":
            return {"close_reason": fact.body["reason"]}
    return {}


def _choose_case(now: Columns, fact: Told, leads: frozenset[StrEnum | None]) -> StrEnum | None:
    if fact.name == "case.correction_taken":
        back = now["correction_from"]
        return case.Status(back) if back == fact.body["returns_to"] else None
    if fact.name == "case.decided":
        return next((status for status in leads if status == fact.body["outcome"]), None)
    return _only(leads)


def _case(now: Columns, fact: Told) -> Columns:
    match fact.name:
        case "case.opened":
            return {"filing_number": fact.body["filing_number"], "revision": fact.body["revision"], "rounds": 0,
                    "correction_from": None, "outcome": None, "close_reason": None, "accepted_on": None,
                    "decided_on": None, "reasons": [], "delivery_method": None}  # fmt: skip
        case "case.correction_requested":
            return {"rounds": fact.body["round"], "correction_from": now["status"]}
        case "case.correction_taken":
            return {"revision": fact.body["revision"], "correction_from": None}
        case "case.accepted":
            return {"accepted_on": fact.body["accepted_on"]}
        case "case.not_accepted":
            return {"reasons": fact.body["reasons"], "decided_on": fact.on}
        case "case.decided":
            return {"outcome": fact.body["outcome"], "decided_on": fact.body["decided_on"],
                    "reasons": fact.body["reasons"]}  # fmt: skip
        case "case.delivered":
            return {"delivery_method": fact.body["method"]}
        case "case.closed":
            return {"close_reason": fact.body["reason"], "correction_from": None}
    return {}


def _choose_part(now: Columns, fact: Told, leads: frozenset[StrEnum | None]) -> StrEnum | None:
    if fact.name == "part.decided":
        return next((status for status in leads if status == fact.body["outcome"]), None)
    return _only(leads)


def _part(now: Columns, fact: Told) -> Columns:
    match fact.name:
        case "part.opened":
            return {"filing_number": fact.body["filing_number"], "decided_on": None, "reasons": []}
        case "part.decided":
            return {"decided_on": fact.body["decided_on"], "reasons": fact.body["reasons"]}
        case "part.lapsed":
            return {"decided_on": fact.body["lapsed_on"]}
    return {}


SUBJECTS: Final[Mapping[str, _Subject]] = {
    "filing": _Subject(
        filing.TRANSITIONS,
        {"filing.started": filing.Status.DRAFT, "filing.submitted": filing.Status.SUBMITTED},  # filed all at once
        _choose_filing, _filing,
    ),
    "case": _Subject(case.TRANSITIONS, {"case.opened": case.Status.RECEIVED}, _choose_case, _case),
    "part": _Subject(part.TRANSITIONS, {"part.opened": part.Status.OPEN}, _choose_part, _part),
}  # fmt: skip
