"""Reading the exchange: what is still on its way, what is parked, how the peers do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from .blobs import BlobInfo
from .blobs import has as has_blob
from .blobs import info as blob_info
from .models import Alarm, Outbound
from .rules.alarms import SETTLED_BY_HAND, owner_of_reason

__all__ = ["BlobInfo", "blob_info", "depth", "has_blob", "outbound_state", "parked_inbound", "parked_outbound", "peers"]


@dataclass(frozen=True, slots=True)
class OutboundState:
    """One message that its receiver does not have yet, for the honest "pending" on pages."""

    message_id: UUID
    receiver: str
    type: str
    position: int
    state: str  # "pending" | "parked"
    tries: int
    last_error: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Peer:
    """A destination: how much waits for it, since when, and how it answered last."""

    node: str
    pending: int
    parked: int
    oldest: datetime | None
    failures: int
    next_at: datetime | None
    last_ok_at: datetime | None
    last_failed_at: datetime | None
    last_error: str | None

    @property
    def reachable(self) -> bool:
        """As far as we know: its last answer was not a failure."""
        return self.failures == 0


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that waits for an operator, with its reason (a code)."""

    message_id: UUID
    peer: str
    type: str
    stream_subject: str
    position: int
    reason: str
    tries: int
    parked_at: datetime
    held_back: int
    """How many later messages of its stream wait behind it (inbound only)."""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose task it is: operator, supervisor or directory."""
        return owner_of_reason(self.reason)


def outbound_state(stream_subject: str) -> list[OutboundState]:
    """What of a stream subject has not been receipted yet, in order of receiver and position."""
    rows = (
        Outbound.objects.filter(stream_subject=stream_subject)
        .exclude(state=Outbound.State.DELIVERED)
        .order_by("receiver", "position")
    )
    return [
        OutboundState(r.message_id, r.receiver, r.type, r.position, r.state, r.tries, r.last_error, r.created_at)
        for r in rows
    ]


def peers() -> list[Peer]:
    """Every destination ever written to, ourselves included, by node id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.node, coalesce(o.pending, 0), coalesce(o.parked, 0), o.oldest, d.failures, d.next_at, d.last_ok_at,
                   d.last_failed_at, d.last_error
            FROM exchange_destination d LEFT JOIN (
              SELECT receiver, count(*) FILTER (WHERE state = 'pending') AS pending,
                     count(*) FILTER (WHERE state = 'parked') AS parked,
                     min(created_at) FILTER (WHERE state = 'pending') AS oldest
              FROM exchange_outbound WHERE state IN ('pending', 'parked') GROUP BY receiver
            ) o ON o.receiver = d.node
            ORDER BY d.node
            """
        )
        return [Peer(*row) for row in cursor.fetchall()]


def parked_outbound() -> list[ParkedMessage]:
    """Messages that their receiver refused for good, oldest first."""
    return [
        ParkedMessage(
            r.message_id, r.receiver, r.type, r.stream_subject, r.position, r.parked_reason or "", r.tries,
            r.parked_at or r.created_at, 0,
        )
        for r in Outbound.objects.filter(state=Outbound.State.PARKED).order_by("parked_at", "seq")
    ]  # fmt: skip


def parked_inbound() -> list[ParkedMessage]:
    """Messages that could not take effect here, oldest first, with the number of those that wait behind them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.message_id, i.sender, i.type, i.stream_subject, i.position, i.reason, i.tries, i.parked_at,
                   (SELECT count(*) FROM exchange_inbound l WHERE l.sender = i.sender
                     AND l.stream_subject = i.stream_subject AND l.position > i.position AND l.state <> 'applied'),
                   i.params
            FROM exchange_inbound i WHERE i.state = 'parked' ORDER BY i.parked_at, i.seq
            """
        )
        rows = [(*row[:-1], _json(row[-1])) for row in cursor.fetchall()]
    return [ParkedMessage(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Something that needs a person. ``cleared_at`` is None while it stands."""

    id: UUID
    kind: str
    key: str
    owner: str
    params: Mapping[str, Any]
    raised_at: datetime
    cleared_at: datetime | None

    @property
    def by_hand(self) -> bool:
        """Whether a person settles it: nothing the node observes ever ends it."""
        return self.kind in SETTLED_BY_HAND


def alarms(*, standing: bool = True, limit: int = 50) -> list[AlarmView]:
    """Alarms that stand, or those that are over, the latest first."""
    rows = Alarm.objects.filter(cleared_at__isnull=standing).order_by("-raised_at")[:limit]
    return [alarm_view(row) for row in rows]


def alarm_view(row: Alarm) -> AlarmView:
    return AlarmView(row.id, row.kind, row.key, row.owner, row.params, row.raised_at, row.cleared_at)


def delivered_per_minute(at: datetime, minutes: int = 15) -> dict[str, float]:
    """Receiver → messages delivered a minute over the last ``minutes``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receiver, count(*) FROM exchange_outbound WHERE delivered_at > %s - %s * interval '1 minute'"
            " GROUP BY receiver",
            [at, minutes],
        )
        return {receiver: count / minutes for receiver, count in cursor.fetchall()}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def depth() -> dict[str, float]:
    """Numbers for health and metrics. ``*_oldest_seconds`` are ages by the database's clock, 0 when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
              (SELECT count(*) FROM exchange_outbound WHERE state = 'pending'),
              (SELECT count(*) FROM exchange_outbound WHERE state = 'parked'),
              (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM exchange_outbound
                WHERE state = 'pending'),
              (SELECT count(*) FROM exchange_inbound WHERE state IN ('stored', 'waiting_gap')),
              (SELECT count(*) FROM exchange_inbound WHERE state = 'waiting_gap'),
              (SELECT count(*) FROM exchange_inbound WHERE state = 'parked'),
              (SELECT count(*) FROM exchange_blob WHERE state = 'expected'),
              (SELECT count(*) FROM exchange_blob WHERE state = 'parked'),
              (SELECT count(*) FROM exchange_destination WHERE failures > 0)
            """
        )
        values = cursor.fetchone()
    names = (
        "outbound_pending", "outbound_parked", "outbound_oldest_seconds", "inbound_open", "inbound_waiting_gap",
        "inbound_parked", "blobs_expected", "blobs_parked", "peers_failing",
    )  # fmt: skip
    return {name: float(value) for name, value in zip(names, values, strict=True)}
