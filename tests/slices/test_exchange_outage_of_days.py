"""A peer away for three simulated days under load, then back: order kept, nothing lost, the rate told."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.peers import an_act, closed, ground, light, sweep

from tongban.exchange import queries
from tongban.exchange.models import Outbound
from tongban.journal import clock, worker

__all__ = ["ground"]
pytestmark = pytest.mark.django_db
HOURS, AN_HOUR, STREAMS = 72, 12, 90


@pytest.mark.req("R-124", "R-287")
def test_after_seventy_two_hours_under_load_everything_arrives_in_order(ground, tell):
    rng = random.Random(72)
    other = ground.add_peer("14")
    lanterns = [uuid4() for _ in range(STREAMS)]
    ground.cut("63")
    try:
        for hour in range(HOURS):
            clock.set_offset(timedelta(hours=hour))
            for lantern in rng.choices(lanterns, k=AN_HOUR):
                light(an_act(), lantern, to=["63", "14"] if rng.random() < 0.1 else ["63"], message=closed())
            sweep()
        told = Outbound.objects.filter(receiver="63").count()
        assert (told, Outbound.objects.filter(receiver="63", state="pending").count()) == (HOURS * AN_HOUR,) * 2
        assert queries.parked_outbound() == [], "unreachable is never a reason to give up"
        assert Outbound.objects.filter(receiver="14").exclude(state="delivered").count() == 0, "one dead, others served"
        attempts = len([p for p in ground.carrier.posts if "63" in p[0]])
        assert attempts < HOURS * 4, "back-off holds under load"
        ground.mend("63")
        clock.set_offset(timedelta(hours=HOURS, minutes=2))
        started = time.perf_counter()
        sweep()
        seconds = time.perf_counter() - started
    finally:
        clock.set_offset(timedelta())
    assert Outbound.objects.exclude(state="delivered").count() == 0
    found: dict[str, list[int]] = {}
    for envelope in ground.peer.order:
        found.setdefault(envelope.stream_subject, []).append(envelope.position)
    assert sum(map(len, found.values())) == told == len(ground.peer.received)
    assert all(positions == list(range(1, len(positions) + 1)) for positions in found.values())
    assert len(other.order) > 0
    tell(
        f"72 h away, {told} messages in {len(found)} streams: caught up in {seconds:.1f} s,"
        f" {told / seconds:.0f} messages a second"
    )


def test_the_first_message_after_an_outage_tries_the_peer_alone(ground):
    ground.cut("63")
    for _ in range(30):
        light(an_act(), uuid4(), to=["63"])
    worker.drain()
    ground.mend("63")
    clock.set_offset(timedelta(minutes=2))
    try:
        sizes = len(ground.carrier.posts)
        sweep()
    finally:
        clock.set_offset(timedelta())
    assert [size for _, size, _ in ground.carrier.posts[sizes:]] == [1, 29]
