"""A program to be killed: a node that tells itself things, through the whole exchange. Run by ``test_exchange_crash``.

``act N`` lights N lanterns, each in two facts told to this very node (loop-back: the same outbound rows, envelopes,
receipts, streams and handlers as between two nodes), with an attachment; it prints ``lit <id>`` after each commit.
``work`` sweeps and does jobs until nothing is left and prints a verdict as JSON. ``migrate`` makes the tables.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import django
from django.conf import settings

from tongban.config import config
from tongban.ops.database_url import django_database

settings.configure(  # journal and exchange alone: quick to start, and nothing else is meant here
    INSTALLED_APPS=["tongban.journal", "tongban.exchange"],
    DATABASES={"default": django_database(config().database_url)},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.management import call_command  # noqa: E402
from tests.trust import FixedKeys, trust_list  # noqa: E402

from tongban.exchange import blobs, installation, queries  # noqa: E402
from tongban.exchange.actions import enqueue, expect_blobs  # noqa: E402
from tongban.exchange.events import Outgoing  # noqa: E402
from tongban.exchange.models import Blob, Inbound, Outbound  # noqa: E402
from tongban.exchange.reactions import HANDLERS, PERIODIC, WOKEN  # noqa: E402
from tongban.journal import clock, leases, models, subscriptions, worker  # noqa: E402
from tongban.journal import queries as journal  # noqa: E402
from tongban.journal.action import Unchanged, action, record  # noqa: E402
from tongban.kernel.events import Event  # noqa: E402
from tongban.kernel.ids import NodeId, new_id  # noqa: E402
from tongban.kernel.people import Act, system  # noqa: E402
from tongban_wire.keys import SigningKey  # noqa: E402
from tongban_wire.messages import CaseDecided, CaseNotAccepted  # noqa: E402
from tongban_wire.words import Attachment  # noqa: E402

ME = NodeId("44")


@dataclass(frozen=True, kw_only=True)
class LanternLit(Event):
    name: ClassVar[str] = "lantern.lit"
    subject_type: ClassVar[str] = "lantern"

    message: Any = field(default=None)

    def body(self) -> dict[str, Any]:
        return {"type": self.message.type}


@dataclass(frozen=True, kw_only=True)
class LanternHeard(Event):
    name: ClassVar[str] = "lantern.heard"
    subject_type: ClassVar[str] = "echo"

    type: str


def tell(event: LanternLit, header: Any) -> list[Outgoing]:
    return [Outgoing(ME, f"filing:{event.subject_id}", event.message)]


def an_act() -> Act:
    return Act(system(ME), datetime.now(UTC))


@action
def light(act: Act, lantern: UUID, digest: str) -> UUID:
    """Two facts, two messages, one transaction."""
    common = {"case_id": lantern, "filing_id": lantern, "filing_number": "44-7K3F-9Q2M-X"}
    refused = CaseNotAccepted(reasons=("late",), personal={"texts": {"late": "李梅"}}, **common)
    paper = Attachment(key="result", digest=digest, media_type="application/pdf", size=9)
    decided = CaseDecided(outcome="granted", decided_on=act.at.date(), attachments=(paper,), **common)
    record(LanternLit(subject_id=lantern, message=refused), opens=True)
    record(LanternLit(subject_id=lantern, message=decided))
    return lantern


@action
def note_heard(act: Act, lantern: UUID, kind: str) -> None:
    if any(fact.body["type"] == kind for fact in journal.facts("echo", lantern)):
        raise Unchanged
    record(LanternHeard(subject_id=lantern, type=kind))


def hear(message: Any, envelope: Any) -> None:
    note_heard(an_act(), message.case_id, message.type)
    if isinstance(message, CaseDecided):
        expect_blobs(envelope.sender, [a.digest for a in message.attachments])


def verdict() -> dict[str, Any]:
    lanterns = set(models.Fact.objects.filter(subject_type="lantern").values_list("subject_id", flat=True))
    order = [CaseNotAccepted.TYPE, CaseDecided.TYPE]
    return {
        "lit": [str(lantern) for lantern in lanterns],
        "heard_once_in_order": all(
            [fact.body["type"] for fact in journal.facts("echo", lantern)] == order for lantern in lanterns
        ),
        "undelivered": Outbound.objects.exclude(state="delivered").count(),
        "unapplied": Inbound.objects.exclude(state="applied").count(),
        "doubled": Inbound.objects.count() - 2 * len(lanterns),
        "blobs_here": all(blobs.has(row.digest) for row in Blob.objects.all()),
        "parked": len(queries.parked_inbound()) + len(queries.parked_outbound()),
        "jobs_left": models.Job.objects.count(),
    }


def work() -> None:
    """As a fresh worker on the same host; only the pauses of jobs are cut short, leases of the dead are freed."""
    leases.free_the_dead()
    models.Job.objects.update(run_at=datetime.now(UTC))
    for turn in range(4):
        clock.set_offset(timedelta(minutes=2 * turn))
        worker.run_periodic_once({name for name in PERIODIC if name.startswith("exchange.sweep")})
        worker.drain(100_000)


def main(command: str, count: int = 0) -> None:
    key = SigningKey.from_seed(hashlib.sha256(b"a lantern").digest(), ME)
    keys = FixedKeys(key, trust_list({ME: key}, at=datetime(2026, 1, 1, tzinfo=UTC), days=10_000))
    installation.install(
        keys=keys,
        inbound={CaseNotAccepted.TYPE: hear, CaseDecided.TYPE: hear},
        on_blob_arrived=lambda digest: None,
        threads=0,
    )
    subscriptions.install(
        subscribers={}, tellers={LanternLit: [tell]}, post=enqueue, handlers=HANDLERS, periodic=PERIODIC, woken=WOKEN
    )
    if command == "act":
        for _ in range(count):
            lantern = new_id()
            digest = blobs.put(b"lantern " + str(lantern).encode(), "application/pdf")
            print("lit", light(an_act(), lantern, digest), flush=True)
    elif command == "work":
        work()
        print(json.dumps(verdict()), flush=True)
    else:
        call_command("migrate", verbosity=0, skip_checks=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
    os._exit(0)
