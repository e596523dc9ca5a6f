"""The ground with day books wired in, a clock that passes midnight, and a day that was closed and exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from tests.peers import Ground, an_act, light, not_accepted, sweep

from tongban import config as configuration
from tongban.directory import queries as directory
from tongban.exchange import daybooks, installation, timestamping
from tongban.exchange.actions import accept
from tongban.journal import clock, subscriptions, worker
from tongban.journal.action import action, record
from tongban.kernel.events import Event
from tongban.kernel.people import Act
from tongban_wire.daybook import day_of, end_of
from tongban_wire.export import Bundle, Head, MessageLine, read_export, write_export


@pytest.fixture
def days(ground: Ground, tmp_path: Path) -> Iterator[Ground]:
    """The ground with day books wired in; the clock is put right afterwards. This node holds no trust list of its own:
    another test may have left one in the home that all share."""
    before = configuration.config()
    configuration.use(replace(before, trust_list_file=tmp_path / "none"))
    directory.forget()
    installed = installation.installed()
    installation.install(inbound={**installed.inbound, **daybooks.INBOUND})
    subscriptions._tellers.update({event: tuple(told) for event, told in daybooks.TELLERS.items()})
    yield ground
    timestamping.install(None)
    clock.set_offset(timedelta())
    configuration.use(before)
    directory.forget()


def midnight_passes(days_later: int = 1) -> date:
    """Move the clock past the end of today (in Shanghai) and the few minutes a day stays open; returns today."""
    today = day_of(datetime.now(UTC))
    clock.set_offset(end_of(today + timedelta(days=days_later - 1)) + timedelta(minutes=6) - datetime.now(UTC))
    return today


def deliver() -> None:
    sweep()
    worker.drain()


@dataclass(frozen=True, kw_only=True)
class LanternSeen(Event):
    """A fictional fact with a personal part, told to nobody."""

    name: ClassVar[str] = "lantern.seen"
    subject_type: ClassVar[str] = "lantern"


@action
def see(act: Act, lantern: UUID) -> None:
    record(LanternSeen(subject_id=lantern, personal={"by": "李梅"}))


def kept_by_the_peer(days: Ground, told: list[MessageLine]) -> Bundle:
    """What node 63 holds: what it received with the receipts it gave, and what it said with our receipts."""
    lines: list[Any] = [
        MessageLine(raw=json.loads(raw), receipt=days.peer.received[id_][1]) for id_, raw in days.raws.items()
    ]
    head = Head(node="63", made_at=clock.now())
    return read_export(b"".join(write_export(head, [*lines, *told])), "63")


def a_closed_and_exchanged_day(days: Ground) -> tuple[date, Bundle]:
    """Told and untold facts, messages both ways with personal parts; the day closed and known to 63."""
    days.raws = {}
    take = days.peer._take

    def remembering(raw: bytes) -> dict[str, Any]:
        answer = take(raw)
        days.raws[days.peer.order[-1].id] = raw
        return answer

    days.peer._take = remembering
    lanterns = [uuid4() for _ in range(3)]
    for lantern in lanterns:
        light(an_act(), lantern, to=["63"], message=not_accepted())
        light(an_act(), lantern, to=[])
        light(an_act(), lantern, to=["63"])
        see(an_act(), lantern)
    told = []
    for lantern in lanterns:
        raw = days.peer.says(not_accepted(), f"filing:{lantern}")
        told.append(MessageLine(raw=json.loads(raw), receipt=accept(raw, clock.now()).receipt))
    deliver()
    today = midnight_passes()
    daybooks.close_days()
    deliver()
    return today, kept_by_the_peer(days, told)
