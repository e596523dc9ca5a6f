"""A province under load while its peer is gone: run inside a node, hour by hour of simulated time.

``HOURS PER_HOUR SEED``: in each hour people file, and some take back what they filed before; the courier tries as it
always would. Prints what was told, as JSON.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import timedelta

from tongban.ops.boot import setup

setup()

from tongban.exchange import queries  # noqa: E402
from tongban.exchange.models import Destination, Outbound  # noqa: E402
from tongban.journal import clock, worker  # noqa: E402
from tongban.ops import player  # noqa: E402
from tongban.ops.demo_cases import DRIVER, driver_answers  # noqa: E402

DUTIES = {"exchange.sweep_outbound", "exchange.sweep_inbound", "exchange.watch", "exchange.day_books"}


def main(hours: int, per_hour: int, seed: int) -> None:
    chance = random.Random(seed)
    waiting: list[str] = []
    filed = withdrawn = 0
    for hour in range(hours):
        clock.set_offset(timedelta(hours=hour))
        for _ in range(per_hour):
            made = player.file("li-mei", DRIVER, "online", anchor_region="630100", intake_region="440305",
                               answers=driver_answers())  # fmt: skip
            waiting.append(made["id"])
            filed += 1
        if hour % 2 and chance.random() < 0.8:
            player.withdraw("li-mei", waiting.pop(chance.randrange(len(waiting))))
            withdrawn += 1
        worker.run_periodic_once(DUTIES)
        worker.drain(100_000)
    told = Outbound.objects.filter(receiver="63")
    peer = Destination.objects.get(node="63")
    print(
        json.dumps(
            {
                "filed": filed, "withdrawn": withdrawn, "told": told.count(),
                "pending": told.filter(state="pending").count(), "parked": len(queries.parked_outbound()),
                "streams": told.values("stream_subject").distinct().count(), "failures": peer.failures,
                "books": told.filter(type__contains="daybook").count(),
                "alarms": sorted(a.kind for a in queries.alarms()),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
