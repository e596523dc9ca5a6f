"""Alarms: something needs a person. Raised once, cleared once, both as facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tongban.config import config
from tongban.exchange.events import AlarmCleared, AlarmRaised
from tongban.exchange.models import Alarm
from tongban.exchange.rules.alarms import SETTLED_BY_HAND, owner_of
from tongban.journal import clock
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act, refuse_operating, system
from tongban.kernel.problems import Refusal


def alarm_id(kind: str, key: str) -> UUID:
    """One alarm, one subject: what was raised and cleared about it over the years is one chain."""
    return uuid5(NAMESPACE_URL, f"tongban:alarm:{kind}:{key}")


def ensure_raised(kind: str, key: str, params: Mapping[str, Any]) -> None:
    """Raise it unless it is raised already. Not inside another action."""
    raise_alarm(Act(system(config().node_id), clock.now()), kind, key, params)


def ensure_cleared(kind: str, key: str) -> None:
    if Alarm.objects.filter(kind=kind, key=key, cleared_at__isnull=True).exists():
        clear_alarm(Act(system(config().node_id), clock.now()), kind, key)


@action
def raise_alarm(act: Act, kind: str, key: str, params: Mapping[str, Any]) -> UUID:
    """Something needs a person. Does nothing if it is raised already."""
    subject = alarm_id(kind, key)
    row, made = Alarm.objects.select_for_update().get_or_create(
        id=subject,
        defaults={"kind": kind, "key": key, "owner": owner_of(kind), "params": dict(params), "raised_at": act.at},
    )
    if not made and row.cleared_at is None:
        raise Unchanged(subject)
    if not made:
        row.params, row.raised_at, row.cleared_at, row.mailed_at = dict(params), act.at, None, None
        row.save()
    record(AlarmRaised(subject_id=subject, kind=kind, key=key, owner=row.owner, params=dict(params)))
    return subject


@action
def clear_alarm(act: Act, kind: str, key: str) -> UUID:
    """It is over. Does nothing if it is not raised."""
    subject = alarm_id(kind, key)
    row = Alarm.objects.select_for_update().filter(id=subject, cleared_at__isnull=True).first()
    if row is None:
        raise Unchanged(subject)
    row.cleared_at = act.at
    row.save(update_fields=["cleared_at"])
    record(AlarmCleared(subject_id=subject, kind=kind, key=key))
    return subject


@action
def settle_alarm(act: Act, alarm: UUID) -> UUID:
    """An operator has dealt with what no observation ends. Refuses ``request.not_found`` for any other alarm."""
    refuse_operating(act.actor)
    row = Alarm.objects.select_for_update().filter(id=alarm, cleared_at__isnull=True).first()
    if row is None or row.kind not in SETTLED_BY_HAND:
        raise Refusal("request.not_found")
    row.cleared_at = act.at
    row.save(update_fields=["cleared_at"])
    record(AlarmCleared(subject_id=alarm, kind=row.kind, key=row.key))
    return alarm
