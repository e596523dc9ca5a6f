"""Nobody rewrites the past: what is altered in a closed day, quietly or with all its digests, the peer exposes."""

from __future__ import annotations

import json
import os
import random
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.altering import altered, column_kind
from tests.days import a_closed_and_exchanged_day, days
from tests.peers import ME, Ground, ground

from tongban.exchange import exporting
from tongban.journal import chain, clock, daybook
from tongban.journal.models import Fact
from tongban_wire import cli
from tongban_wire.daybook import book_digest, close, seal_day_book
from tongban_wire.export import Bundle, read_export
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.trust import seal_trust_list
from tongban_wire.verdicts import examine

__all__ = ["days", "ground"]
pytestmark = pytest.mark.django_db


def our_file(day: date) -> Bundle:
    return read_export(b"".join(exporting.export_day(day)), "44")


ROUNDS = int(os.environ.get("TONGBAN_TAMPER_ROUNDS", "1"))

TAMPERED = {
    "journal_fact": (
        "header", "digest", "body", "name", "actor", "subject_type", "recorded_at", "at",
    ),
    "journal_factpersonal": ("salt", "sealed"),
    "exchange_outbound": ("jws", "digest", "receipt", "data", "type", "stream_subject", "chain", "receiver"),
    "exchange_outboundpersonal": ("sealed_parts",),
    "exchange_inbound": ("jws", "digest", "receipt", "type", "kid", "stream_subject", "sender"),
    "exchange_inboundpersonal": ("sealed_parts",),
    "journal_daybook": ("signed", "digest", "root"),
}  # fmt: skip
"""Every column that is evidence. Not among them: how far delivery got, tracing ids, and what indexes alone need."""


OF_THE_DAY = {
    "journal_fact": "id IN (SELECT fact_id FROM journal_daybookleaf)",
    "journal_factpersonal": "fact_id IN (SELECT fact_id FROM journal_daybookleaf)",
    "exchange_outbound": "receipt IS NOT NULL",
    "exchange_outboundpersonal": "message_id IN (SELECT message_id FROM exchange_outbound WHERE receipt IS NOT NULL)",
}


def alter(chance: random.Random, table: str, column: str) -> str:
    """Change one byte of one row's column, as somebody who owns the database could. Returns what was done."""
    with connection.cursor() as cursor:
        day = OF_THE_DAY.get(table, "true")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"SELECT ctid::text, {column}::text FROM {table} WHERE {column}::text <> '{{}}' AND {day}")
        rows = cursor.fetchall()
        assert rows, f"nothing to alter in {table}.{column}"
        place, text = chance.choice(rows)
        kind = column_kind(cursor, table, column)
        new = altered(chance, text, kind)
        cursor.execute(f"UPDATE {table} SET {column} = %s::{kind} WHERE ctid = %s::tid", [new, place])
        return f"{table}.{column}: {text[:300]} → {new[:300]}"


def judged(days: Ground, day: date, theirs: Bundle) -> tuple[bool, str]:
    try:
        report = examine([our_file(day), theirs], days.keys.list)
    except WireProblem as problem:
        return False, str(problem)
    return report.holds, report.text("en")


@pytest.mark.req("R-248")
def test_every_single_altered_byte_of_a_closed_day_is_exposed_by_what_the_peer_keeps(days: Ground) -> None:
    today, theirs = a_closed_and_exchanged_day(days)
    holds, words = judged(days, today, theirs)
    assert holds, words
    assert "exactly those of node 44's" in words
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)
    places = [(table, column) for table, columns in TAMPERED.items() for column in columns]
    for round_ in range(ROUNDS):
        for table, column in places:
            with transaction.atomic():
                done = alter(chance, table, column)
                holds, words = judged(days, today, theirs)
                transaction.set_rollback(True)
            assert not holds, f"seed {seed}, round {round_}: {done}\n{words}"
    assert judged(days, today, theirs)[0], "everything was put back"


@pytest.mark.req("R-248")
@pytest.mark.parametrize("resigned", [False, True], ids=["quietly", "with a new book signed over it"])
def test_a_past_rewritten_with_all_its_digests_is_exposed_as_well(days: Ground, resigned: bool) -> None:
    """The owner of the database and of the key rebuilds a chain that no peer was told of, digest by digest."""
    today, theirs = a_closed_and_exchanged_day(days)
    row = Fact.objects.filter(name="lantern.told", body__to=[]).first()
    assert row is not None
    header = json.loads(bytes(row.header)) | {"actor": "staff:idp:somebody-else"}
    new = chain.canonical(header)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE journal_fact SET header=%s, digest=%s, actor=%s WHERE id=%s",
                       [new, chain.digest(new), header["actor"], row.id])  # fmt: skip
        cursor.execute("DELETE FROM journal_fact WHERE subject_id=%s AND position>%s", [row.subject_id, row.position])
        cursor.execute("DELETE FROM exchange_outbound WHERE chain->>'subject_id'=%s AND position>1",
                       [str(row.subject_id)])  # fmt: skip
        if resigned:
            leaves = list(daybook._leaves(today))
            book, _ = close(ME, today, leaves, previous=None, closed_at=clock.now())
            text = seal_day_book(book, days.keys.key)
            cursor.execute("UPDATE journal_daybook SET signed=%s, digest=%s, root=%s, facts=%s",
                           [text, book_digest(text), book.root, book.facts])  # fmt: skip
    holds, words = judged(days, today, theirs)
    assert not holds
    assert ("rewrote its past" if resigned else "not those of node 44's") in words


def test_the_verifier_reads_the_files_of_two_nodes_and_speaks_both_languages(
    days: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today, _ = a_closed_and_exchanged_day(days)
    root = SigningKey.generate("root")
    (tmp_path / "list").write_bytes(seal_trust_list(days.keys.list, root))
    subject = Fact.objects.filter(name="lantern.told").values_list("subject_id", flat=True).first()
    assert subject is not None
    (tmp_path / "case.jsonl").write_bytes(b"".join(exporting.export_subject("lantern", subject)))
    (tmp_path / "day.jsonl").write_bytes(b"".join(exporting.export_day(today)))
    files = [str(tmp_path / name) for name in ("list", "case.jsonl", "day.jsonl")]
    assert cli.main([*files, "--root", root.public.fingerprint]) == 0
    said = capsys.readouterr().out
    for words in (
        f"The chain of lantern {subject} is whole: 4 facts", "Node 63 keeps this day book", "节点 63 自",
        "stood in node 44's day book", "以上均不能证明", "another node holds proof",
    ):  # fmt: skip
        assert words in said
    text = (tmp_path / "case.jsonl").read_text()
    (tmp_path / "case.jsonl").write_text(text.replace("lantern.told", "lantern.tolD", 1))
    assert cli.main([*files, "--root", root.public.fingerprint, "--lang", "zh"]) == 1
    assert "FAIL" in capsys.readouterr().out
