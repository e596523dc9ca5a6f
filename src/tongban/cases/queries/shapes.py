"""Small views that filings, cases and parts share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tongban.cases import policy
from tongban.cases.models.pinned import PinnedItem
from tongban.cases.policy import Facts
from tongban.cases.rules import deadlines
from tongban.cases.rules.deadlines import Clock
from tongban.cases.views import ClockView, ItemView, PendingView, PersonView, ResultView, SituationView, StepView
from tongban.directory import queries as directory
from tongban.exchange import queries as exchange
from tongban.items import queries as items
from tongban.items.queries import VersionRef, VersionView
from tongban.kernel import numbers
from tongban.kernel.people import Actor
from tongban.kernel.time import Calendar, Due
from tongban.organizations import queries as organizations

HIDDEN = "＊＊＊"


def item(row: PinnedItem) -> ItemView:
    return ItemView(row.entry_key, row.item_code, row.item_version, row.item_digest, row.item_name, row.item_name_en)


def version_of(row: PinnedItem) -> VersionView | None:
    """The pinned version; None at a node that does not hold it (the owner of a part, perhaps)."""
    return items.version(VersionRef(row.item_owner, row.item_code, row.item_version, row.item_digest))


def situation(version: VersionView | None, answers: Mapping[str, Any]) -> SituationView | None:
    """The situation the answers lead to under the pinned version; None if it has none or they are not enough."""
    found = items.situation(version, answers) if version else None
    return SituationView(found.key, found.name, found.name_en) if found else None


def person(values: Mapping[str, str], *, masked: bool) -> PersonView:
    name, id_number, mobile = (values.get(key, "") for key in ("name", "id_number", "mobile"))
    if masked:
        return PersonView(numbers.mask_name(name), numbers.mask_id_number(id_number), numbers.mask_mobile(mobile), True)
    return PersonView(name, id_number, mobile, False)


def answers(values: Mapping[str, Any], form: Mapping[str, Any], *, masked: bool) -> dict[str, Any]:
    """The answers; masked, those that the form marks personal are hidden."""
    if not masked:
        return dict(values)
    fields = form.get("properties", {})
    return {key: HIDDEN if fields.get(key, {}).get("x-personal", True) else value for key, value in values.items()}


def steps(actor: Actor, facts: Facts, at: datetime) -> tuple[StepView, ...]:
    """Every step people can take here, possible or greyed with its reason."""
    possible = policy.possible_steps(actor, facts, at)
    return tuple(
        StepView(step.value, True) if no is None else StepView(step.value, False, no.code, no.params)
        for step, no in possible.items()
    )


def place(node: str, authority: str | None = None) -> str:
    """The name to show for who holds something: the authority if known, else the node."""
    if authority is not None:
        found = organizations.authority(authority)
        if found is not None:
            return found.name
    return directory.node_name(node)


def due(on: date | None, calendar_version: str | None, estimated: bool) -> Due | None:
    return Due(on, calendar_version or "", estimated) if on is not None else None


def clock(name: str, value: Clock | None, today: date, calendar: Calendar) -> tuple[ClockView, ...]:
    """The clock as a view, or nothing if it never started."""
    if value is None:
        return ()
    running = value.running_since is not None
    rest = deadlines.remaining(value, today, calendar)
    return (ClockView(name, value.days, value.started_on, value.due, rest, running),)


def pending(streams: tuple[str, ...]) -> tuple[PendingView, ...]:
    """What this node said about the matter and its receiver does not have yet."""
    found = [state for stream in streams for state in exchange.outbound_state(stream)]
    return tuple(
        PendingView(
            receiver=out.receiver,
            receiver_name=directory.node_name(out.receiver),
            state="parked" if out.state == "parked" else "retrying" if out.tries else "waiting",
            tries=out.tries,
            since=out.since,
            last_error=out.last_error,
        )
        for out in found
    )


def result(
    values: Mapping[str, Any],
    *,
    outcome: str,
    reasons: list[str],
    decided_on: date,
    result_name: str,
    delivered: str | None,
) -> ResultView:
    """The decision in words: a granted result, or the wording of each reason."""
    granted, texts = values.get("result") or {}, values.get("texts") or {}
    until = granted.get("valid_until")
    return ResultView(
        outcome=outcome,
        decided_on=decided_on,
        number=granted.get("number"),
        valid_until=date.fromisoformat(until) if until else None,
        text=granted.get("text") or "",
        reasons={code: texts.get(code, "") for code in reasons},
        result_name=result_name,
        delivered=delivered,
    )
