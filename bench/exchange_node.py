"""A node of the exchange bench: the real exchange, journal and worker, and a handler that applies a fact of 2 KB.

``python -m bench.exchange_node tell RECEIVER`` reads counts from standard input and commits so many facts, each told to
RECEIVER in a stream of its own; it answers each line with the time of the last commit. ``… worker`` waits for a line,
then works as ``tongban worker`` does. Times are of the machine's monotonic clock, the same for all processes.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from tongban.ops.boot import setup

CFG = setup(pool=True)

from tongban.exchange import courier, installation  # noqa: E402
from tongban.exchange.actions import enqueue  # noqa: E402
from tongban.exchange.events import Outgoing  # noqa: E402
from tongban.exchange.reactions import HANDLERS, PERIODIC, WOKEN  # noqa: E402
from tongban.journal import subscriptions, worker  # noqa: E402
from tongban.journal.action import action, record  # noqa: E402
from tongban.kernel.events import Event  # noqa: E402
from tongban.kernel.ids import NodeId, new_id  # noqa: E402
from tongban.kernel.people import Act, peer, system  # noqa: E402
from tongban_wire.messages import FilingDeclined  # noqa: E402

BODY = {"text": "办" * 20 + "x" * 1740}
"""With what stands around it, two thousand bytes."""


@dataclass(frozen=True, kw_only=True)
class StoneThrown(Event):
    name: ClassVar[str] = "stone.thrown"
    subject_type: ClassVar[str] = "stone"

    to: str
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StoneCaught(Event):
    name: ClassVar[str] = "stone.caught"
    subject_type: ClassVar[str] = "stone_copy"

    sender: str
    params: dict[str, Any]


def tell(event: StoneThrown, header: Any) -> list[Outgoing]:
    said = FilingDeclined(
        filing_id=event.subject_id, filing_number="44-7K3F-9Q2M-X", revision=1, reason="bench", params=event.params
    )
    return [Outgoing(NodeId(event.to), f"filing:{event.subject_id}", said)]


@action
def throw(act: Act, to: str) -> UUID:
    stone = new_id()
    record(StoneThrown(subject_id=stone, to=to, params=BODY), opens=True)
    return stone


@action
def catch(act: Act, said: FilingDeclined, sender: str) -> UUID:
    record(StoneCaught(subject_id=said.filing_id, sender=sender, params=dict(said.params)), opens=True)
    return said.filing_id


def hear(said: FilingDeclined, envelope: Any) -> None:
    catch(Act(peer(NodeId(envelope.sender)), datetime.now(UTC)), said, envelope.sender)


def main(command: str, to: str = "", threads: int = 2) -> None:
    installation.install(inbound={FilingDeclined.TYPE: hear}, threads=4)
    subscriptions.install(
        subscribers={}, tellers={StoneThrown: [tell]}, post=enqueue, handlers=HANDLERS, periodic=PERIODIC, woken=WOKEN
    )
    if command == "tell":
        print("ready", flush=True)
        for line in sys.stdin:
            for _ in range(int(line)):
                throw(Act(system(CFG.node_id), datetime.now(UTC)), to)
            print(time.monotonic(), flush=True)
        return
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print("ready", flush=True)
    sys.stdin.readline()
    worker.run(stop, threads=threads)
    courier.dismiss()


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:3])
