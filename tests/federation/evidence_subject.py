"""Run inside a node that is at rest, with its owner's rights: alters its tables byte by byte and looks who notices.

``tamper SEED ROUNDS DAY PEER_FILE``: every altered row is judged by ``tongban-verify``'s own judge over this node's
file of the day and the peer's. ``derive SEED ROUNDS``: rows that are derived are judged by the audit. Each alteration
is put back before the next. Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tongban.ops.boot import setup

setup(owner=True)

from django.db import IntegrityError, connection, transaction  # noqa: E402
from tests.altering import altered, column_kind  # noqa: E402

from tongban.directory import queries as directory  # noqa: E402
from tongban.exchange import exporting  # noqa: E402
from tongban.ops.auditing import audit  # noqa: E402
from tongban_wire.export import read_export  # noqa: E402
from tongban_wire.problems import WireProblem  # noqa: E402
from tongban_wire.verdicts import examine  # noqa: E402

OF_THE_DAY = "SELECT fact_id FROM journal_daybookleaf WHERE day = %(day)s"
CLOSING = "SELECT id FROM journal_fact WHERE name = 'exchange.day_closed' AND body->>'day' = %(day)s"
SENT = f"fact_id IN ({OF_THE_DAY}) OR fact_id IN ({CLOSING})"
CAME = "(received_at >= %(start)s AND received_at < %(end)s)"
EVIDENCE: dict[str, tuple[str, tuple[str, ...]]] = {
    "journal_fact": (f"id IN ({OF_THE_DAY})", (
        "header", "digest", "body", "name", "version", "actor", "subject_type", "subject_id", "position", "recorded_at",
        "at",
    )),
    "journal_factpersonal": (f"fact_id IN ({OF_THE_DAY})", ("salt", "sealed")),
    "exchange_outbound": (f"receipt IS NOT NULL AND ({SENT})", (
        "message_id", "receiver", "stream_subject", "position", "type", "jws", "digest", "receipt", "data", "chain",
    )),
    "exchange_outboundpersonal": (
        f"sealed_parts IS NOT NULL AND message_id IN (SELECT message_id FROM exchange_outbound WHERE {SENT})",
        ("sealed_parts",),
    ),
    "exchange_inbound": (CAME, (
        "message_id", "sender", "stream_subject", "position", "type", "jws", "digest", "kid", "receipt",
    )),
    "exchange_inboundpersonal": (
        f"(sender, message_id) IN (SELECT sender, message_id FROM exchange_inbound WHERE {CAME})", ("sealed_parts",)
    ),
    "journal_daybook": ("day = %(day)s", ("signed", "digest", "root", "facts")),
    "journal_peerdaybook": ("day = %(day)s", ("signed", "digest")),
    "journal_daybookleaf": ("day = %(day)s", ("day", "fact_id")),
}  # fmt: skip
"""Every column that is evidence, and which rows belong to the day. Not among them: how far delivery got, when a row
was written, tracing ids, and what indexes alone need."""

DERIVED: dict[str, tuple[str, ...]] = {
    "cases_casemirror": (
        "case_id", "owner", "status", "heard_position", "revision", "region", "received_on", "accepted_on", "outcome",
        "decided_on", "result_sealed", "delivery_method", "close_reason", "reasons",
    ),
    "cases_partmirror": ("owner", "region", "status", "heard_position", "decided_on", "step_key", "words_sealed"),
    "cases_correctionmirror": ("round", "about_revision", "points", "words_sealed"),
    "cases_filing": ("number", "status", "revision", "close_reason", "delivery_method"),
    "cases_case": (
        "filing_number", "status", "revision", "rounds", "outcome", "accepted_on", "decided_on", "close_reason",
    ),
    "cases_part": ("filing_number", "status", "decided_on"),
}  # fmt: skip


class Change(NamedTuple):
    """What was altered, and how to put it back."""

    what: str
    undo: str
    old: str
    place: str


def change_one(chance: random.Random, table: str, column: str, where: str, params: dict[str, Any]) -> Change | None:
    """One byte of one row; None if there is nothing to alter. Raises IntegrityError if the database refuses."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"SELECT ctid::text, {column}::text FROM {table} WHERE ({where}) AND {column} IS NOT NULL"
            f" AND {column}::text NOT IN ('{{}}', '[]', '') ORDER BY 2, 1",
            params,
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        place, text = chance.choice(rows)
        kind = column_kind(cursor, table, column)
        new = altered(chance, text, kind)
        update = f"UPDATE {table} SET {column} = %s::{kind} WHERE ctid = %s::tid RETURNING ctid::text"
        cursor.execute(update, [new, place])
        return Change(f"{table}.{column}: {text[:200]} → {new[:200]}", update, text, cursor.fetchone()[0])


@contextmanager
def rolled_back(chance: random.Random, table: str, column: str, where: str, params: dict[str, Any]) -> Iterator[Any]:
    with transaction.atomic():
        with transaction.atomic():
            done = change_one(chance, table, column, where, params)
        yield done
        transaction.set_rollback(True)


@contextmanager
def committed(chance: random.Random, table: str, column: str, where: str, params: dict[str, Any]) -> Iterator[Any]:
    """For judges that open a transaction of their own: altered for real, then put back."""
    with transaction.atomic():
        done = change_one(chance, table, column, where, params)
    try:
        yield done
    finally:
        if done is not None:
            with connection.cursor() as cursor:
                cursor.execute(done.undo, [done.old, done.place])


def tamper(seed: int, rounds: int, day: date, peer_file: Path) -> dict[str, Any]:
    peer, trust = read_export(peer_file.read_bytes(), "peer"), directory.trust()
    chance = random.Random(seed)
    start = datetime.fromisoformat(f"{day}T00:00:00+08:00")
    params = {"day": day, "start": start, "end": start + timedelta(days=1)}
    text_params = {**params, "day": day.isoformat()}

    def exposed() -> bool:
        try:
            ours = read_export(b"".join(exporting.export_day(day)), "ours")
            return not examine([ours, peer], trust).holds
        except WireProblem:
            return True

    assert not exposed(), "the untouched day does not hold"
    places = [(table, column, where) for table, (where, columns) in EVIDENCE.items() for column in columns]
    return _all(chance, rounds, places, text_params, exposed, rolled_back)


def derive(seed: int, rounds: int) -> dict[str, Any]:
    before = audit()
    assert not before.wrong, before.wrong
    places = [(table, column, "true") for table, columns in DERIVED.items() for column in columns]
    found = _all(random.Random(seed), rounds, places, {}, lambda: bool(audit().wrong), committed)
    return {**found, "rows": before.rows, "mirrors": before.mirrors, "chains": before.chains}


def _all(
    chance: random.Random, rounds: int, places: list[Any], params: dict[str, Any], exposed: Any, altering: Any
) -> dict[str, Any]:
    by_table: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    missed, nothing = [], []
    for _ in range(rounds):
        for table, column, where in places:
            try:
                with altering(chance, table, column, where, params) as done:
                    if done is None:
                        nothing.append(f"{table}.{column}")
                    elif exposed():
                        by_table[table] += 1
                    else:
                        missed.append(done.what)
            except IntegrityError:
                refused[table] += 1
    assert not exposed(), "something was not put back"
    return {"exposed": dict(by_table), "refused": dict(refused), "missed": missed, "nothing": sorted(set(nothing))}


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "tamper":
        result = tamper(int(words[0]), int(words[1]), date.fromisoformat(words[2]), Path(words[3]))
    else:
        result = derive(int(words[0]), int(words[1]))
    print(json.dumps(result, ensure_ascii=False))
