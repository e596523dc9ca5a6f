"""What other slices hand over, and what an operator did to a parked message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol
from uuid import UUID

from tongban.kernel.events import Event
from tongban.kernel.ids import NodeId


class PermanentRefusal(Exception):
    """A handler will never accept this message: it is parked with ``code`` until an operator replays it.

    ``code`` is a problem code or a code of the receiving slice; ``params`` are JSON values without personal data.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Message(Protocol):
    """A sentence of the protocol, as ``tongban_wire.messages`` defines them."""

    TYPE: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one node, told because a fact was recorded.

    ``stream_subject`` (``"filing:<uuid>"``) names the stream in which order is kept. The personal part travels inside
    ``message.personal``; it is stored apart and can be erased.
    """

    to: NodeId
    stream_subject: str
    message: Message
    retention: str = "case"
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(Event):
    """Something needs a person. ``owner``: operator, supervisor or directory."""

    name: ClassVar[str] = "exchange.alarm_raised"
    subject_type: ClassVar[str] = "alarm"

    kind: str
    key: str
    owner: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AlarmCleared(Event):
    """It is over."""

    name: ClassVar[str] = "exchange.alarm_cleared"
    subject_type: ClassVar[str] = "alarm"

    kind: str
    key: str


@dataclass(frozen=True, kw_only=True)
class OutboundReplayed(Event):
    """An operator sent a parked outbound message on its way again."""

    name: ClassVar[str] = "exchange.outbound_replayed"
    subject_type: ClassVar[str] = "message"

    receiver: str
    parked_reason: str


@dataclass(frozen=True, kw_only=True)
class InboundReplayed(Event):
    """An operator let a parked inbound message be applied again."""

    name: ClassVar[str] = "exchange.inbound_replayed"
    subject_type: ClassVar[str] = "message"

    sender: str
    parked_reason: str


@dataclass(frozen=True, kw_only=True)
class ExportMade(Event):
    """Files for the offline verifier were written: a day, or everything about one subject, personal parts included.

    Recorded before the first byte is read, because it is a look at other people's data.
    """

    name: ClassVar[str] = "exchange.export_made"
    subject_type: ClassVar[str] = "export"

    what: str
    day: date | None
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DayClosed(Event):
    """This node closed a day and tells ``told``. ``signed`` is the compact JWS of the book."""

    name: ClassVar[str] = "exchange.day_closed"
    subject_type: ClassVar[str] = "daybook"

    day: date
    digest: str
    facts: int
    root: str
    signed: str
    time_stamp: str | None
    told: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeerDayKept(Event):
    """This node keeps a closed day of ``node``."""

    name: ClassVar[str] = "exchange.peer_day_kept"
    subject_type: ClassVar[str] = "daybook"

    node: str
    day: date
    digest: str


@dataclass(frozen=True, kw_only=True)
class DayContradicted(Event):
    """Alarm: ``node`` sent a book that contradicts one we keep. ``kept`` is None if the day itself was not kept."""

    name: ClassVar[str] = "exchange.day_contradicted"
    subject_type: ClassVar[str] = "daybook"

    node: str
    day: date
    code: str
    kept: str | None
    offered: str
    message_id: UUID
