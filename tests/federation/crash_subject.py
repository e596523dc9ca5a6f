"""A program to be killed: lights lanterns, or does the jobs that follow. Run by ``test_journal_crash``.

``act N`` lights N lanterns and prints ``lit <id>`` after each one's commit. ``work`` does jobs until none is left.
``check`` prints a verdict as JSON, ``migrate`` makes the tables. The answer to a lit lantern is its echo: exactly one,
in the same chain.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import django
from django.conf import settings

from tongban.config import config
from tongban.ops.database_url import django_database

settings.configure(  # the journal alone: quick to start
    INSTALLED_APPS=["tongban.journal"],
    DATABASES={"default": django_database(config().database_url)},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.management import call_command  # noqa: E402

from tongban.journal import leases, models, queries, subscriptions, worker  # noqa: E402
from tongban.journal.action import Unchanged, action, record  # noqa: E402
from tongban.kernel.events import Event  # noqa: E402
from tongban.kernel.ids import NodeId, new_id  # noqa: E402
from tongban.kernel.people import Act, system  # noqa: E402


@dataclass(frozen=True, kw_only=True)
class LanternLit(Event):
    name: ClassVar[str] = "lantern.lit"
    subject_type: ClassVar[str] = "lantern"


@dataclass(frozen=True, kw_only=True)
class LanternAnswered(Event):
    name: ClassVar[str] = "lantern.answered"
    subject_type: ClassVar[str] = "lantern"


def an_act() -> Act:
    return Act(system(NodeId("44")), datetime.now(UTC))


@action
def light(act: Act, lantern: UUID) -> UUID:
    record(LanternLit(subject_id=lantern, personal={"owner": "李梅"}), opens=True)
    return lantern


@action
def answer(act: Act, lantern: UUID) -> None:
    if any(f.name == LanternAnswered.name for f in queries.facts("lantern", lantern)):
        raise Unchanged
    record(LanternAnswered(subject_id=lantern))


def when_lit(fact: queries.Fact) -> None:
    answer(an_act(), fact.subject_id)


def verdict() -> dict[str, object]:
    lanterns = set(models.Fact.objects.values_list("subject_id", flat=True))
    names = [[f.name for f in queries.facts("lantern", lantern)] for lantern in lanterns]
    return {
        "lit": [str(lantern) for lantern in lanterns],
        "answered_once": all(n == [LanternLit.name, LanternAnswered.name] for n in names),
        "chains_verify": all(queries.verify_chain("lantern", lantern) for lantern in lanterns),
        "jobs_left": models.Job.objects.count(),
    }


def main(command: str, count: int = 0) -> None:
    subscriptions.install(subscribers={LanternLit: [when_lit]}, tellers={}, post=None, handlers={}, periodic={})
    if command == "act":
        for _ in range(count):
            print("lit", light(an_act(), new_id()), flush=True)
    elif command == "work":
        leases.free_the_dead()
        models.Job.objects.update(run_at=datetime.now(UTC))
        print("done", worker.drain(100_000), flush=True)
    elif command == "migrate":
        call_command("migrate", verbosity=0, skip_checks=True)
    else:
        print(json.dumps(verdict()))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
