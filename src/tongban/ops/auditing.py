"""The whole node against its own facts and messages: chains, statuses, mirrors. What it rebuilds it puts back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tongban.cases.actions.heard import Heard
from tongban.cases.actions.mirror import comparing, rebuilding
from tongban.cases.queries.auditing import statuses_from_facts
from tongban.config import config
from tongban.exchange.stored import applied
from tongban.journal import clock
from tongban.journal import queries as journal
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal


@dataclass(frozen=True, slots=True)
class Audit:
    """How much was looked at, and a line for everything that differs."""

    chains: int
    rows: int
    mirrors: int
    wrong: tuple[str, ...]


def audit() -> Audit:
    subjects = subjects_with_facts()
    wrong = [f"broken chain: {kind} {id_}" for kind, id_, _ in subjects if not journal.verify_chain(kind, id_)]
    rows, differences = statuses_from_facts()
    wrong += [f"{d.kind} {d.subject}: {d.column} is {d.row!r}, the facts say {d.facts!r}" for d in differences]
    mirrors, lines = _mirrors()
    return Audit(len(subjects), rows, mirrors, (*wrong, *lines))


def subjects_with_facts() -> list[tuple[str, UUID, int]]:
    """(subject type, subject id, number of facts)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_type, subject_id, count(*) FROM journal_fact GROUP BY 1, 2 ORDER BY 1, 2")
        return list(cursor.fetchall())


def heard() -> Iterator[tuple[Any, Heard]]:
    """The received messages that mirrors are made of, each verified again, in the order in which they were applied."""
    for e in applied(rebuilding.TYPES):
        yield e.message, Heard(e.sender, e.at, e.chain.name, e.chain.subject_type, e.chain.subject_id, e.chain.position)


def _mirrors() -> tuple[int, tuple[str, ...]]:
    try:
        found = comparing.compare(Act(system(config().node_id), clock.now()), heard())
    except Refusal as refusal:
        return 0, (f"mirrors cannot be rebuilt from the messages kept: {refusal.code}",)
    return found.mirrors, tuple(f"mirror of {line}" for line in found.different)
