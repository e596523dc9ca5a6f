"""A day is closed once, told to the peers, kept by them; who changes it afterwards is found out by what they keep."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from tests.peers import ME, Ground, an_act, ground, light, not_accepted, sweep

from tongban.exchange import daybooks, exporting, installation, timestamping
from tongban.exchange.adapters.local_stamper import LocalStamper
from tongban.exchange.models import Inbound, Outbound
from tongban.journal import clock, daybook, subscriptions, worker
from tongban.journal.action import action, record
from tongban.journal.models import Fact
from tongban.kernel.events import Event
from tongban.kernel.people import Act
from tongban_wire import cli
from tongban_wire.daybook import (
    book_digest,
    close,
    day_of,
    end_of,
    open_day_book,
    root_of,
    seal_day_book,
    stream_of,
    subject_of,
)
from tongban_wire.export import Bundle, FactLine, Head, MessageLine, read_export, write_export
from tongban_wire.keys import SigningKey
from tongban_wire.messages import DayBookClosed
from tongban_wire.problems import WireProblem
from tongban_wire.stamps import read_time_stamp
from tongban_wire.strict import unb64url
from tongban_wire.trust import seal_trust_list
from tongban_wire.verdicts import examine

__all__ = ["ground"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def days(ground: Ground) -> Iterator[Ground]:
    """The ground with day books wired in; the clock is put right afterwards."""
    installed = installation.installed()
    installation.install(inbound={**installed.inbound, **daybooks.INBOUND})
    subscriptions._tellers.update({event: tuple(told) for event, told in daybooks.TELLERS.items()})
    yield ground
    timestamping.install(None)
    clock.set_offset(timedelta())


def midnight_passes(days_later: int = 1) -> date:
    """Move the clock past the end of today (in Shanghai) and the few minutes a day stays open; returns today."""
    today = day_of(datetime.now(UTC))
    clock.set_offset(end_of(today + timedelta(days=days_later - 1)) + timedelta(minutes=6) - datetime.now(UTC))
    return today


def deliver() -> None:
    sweep()
    worker.drain()


def books_at(ground: Ground) -> list[DayBookClosed]:
    return [e.message for e in ground.peer.order if isinstance(e.message, DayBookClosed)]


@pytest.mark.req("R-086")
def test_a_day_is_closed_once_and_its_book_reaches_the_peer(days: Ground) -> None:
    for _ in range(5):
        light(an_act(), uuid4(), to=["63"])
    assert daybooks.close_days() == 0, "the day is not over"
    today = midnight_passes()
    facts = list(Fact.objects.all())
    assert (daybooks.close_days(), daybooks.close_days()) == (1, 0)
    deliver()
    (message,) = books_at(days)
    book = open_day_book(message.day_book, days.keys.list)
    assert (book.node, book.day, book.facts, book.previous) == (ME, today, len(facts), None)
    lines = sorted((f.subject_type, str(f.subject_id), f.position, f) for f in facts)
    data = [FactLine(header="", digest=f.digest, recorded_at=f.recorded_at) for *_, f in lines]
    assert book.root == root_of([f"{d.digest} {_instant(d.recorded_at)}".encode() for d in data])
    assert (days.peer.order[-1].stream_subject, days.peer.order[-1].position) == (f"daybook:{ME}", 1)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def test_a_node_that_was_away_closes_every_day_it_missed_and_each_builds_on_the_one_before(days: Ground) -> None:
    light(an_act(), uuid4(), to=["63"])
    today = midnight_passes(4)
    assert daybooks.close_days() == 4
    deliver()
    books = [open_day_book(m.day_book, days.keys.list) for m in books_at(days)]
    assert [b.day for b in books] == [today + timedelta(days=n) for n in range(4)]
    texts = [m.day_book for m in books_at(days)]
    assert [b.previous for b in books] == [None, *(book_digest(text) for text in texts[:-1])]
    # the database's own clock does not follow ours: what closing the first day recorded stands in the later ones
    assert sum(b.facts for b in books) + 1 == Fact.objects.count()


def test_a_fact_recorded_after_its_day_was_closed_stands_in_the_next_book_and_none_stands_twice(days: Ground) -> None:
    light(an_act(), uuid4(), to=[])
    midnight_passes()
    daybooks.close_days()
    light(an_act(), uuid4(), to=[])  # by the database's clock still the day that was closed
    midnight_passes(2)
    daybooks.close_days()
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, count(*) FROM journal_daybookleaf GROUP BY day ORDER BY day")
        assert [count for _, count in cursor.fetchall()] == [1, 2]  # the late one, and the closing of the first day


def test_without_the_power_to_say_so_a_day_is_closed_and_told_to_nobody(days: Ground) -> None:
    silent = tuple(replace(n, may_say=("cn.tongban.case.*",)) if n.node == ME else n for n in days.keys.list.nodes)
    days.keys.list = replace(days.keys.list, nodes=silent)
    light(an_act(), uuid4(), to=[])
    midnight_passes()
    assert daybooks.close_days() == 1
    assert not Outbound.objects.filter(type=DayBookClosed.TYPE).exists()


# ---- the peers' days -------------------------------------------------------------------------------------------


def say_book(days: Ground, text: str, day: date) -> None:
    message = DayBookClosed(node="63", day=day, digest=book_digest(text), day_book=text)
    raw = days.peer.says(message, stream_of("63"), at=clock.now())
    from tongban.exchange.actions import accept

    answer = accept(raw, clock.now())
    assert answer.receipt is not None, "evidence is always receipted"
    deliver()


def a_book(days: Ground, day: date, *, previous: str | None, facts: int = 0) -> str:
    book, _ = close("63", day, [], previous=previous, closed_at=end_of(day) + timedelta(minutes=5))
    return seal_day_book(replace(book, facts=facts), days.peer.key)


def alarms() -> list[Fact]:
    return list(Fact.objects.filter(name="exchange.day_contradicted", subject_id=subject_of("63")))


def test_a_peers_day_is_kept_and_a_second_book_of_it_is_refused_with_an_alarm(days: Ground) -> None:
    day = day_of(datetime.now(UTC)) - timedelta(days=3)
    first, second = a_book(days, day, previous=None), a_book(days, day, previous=None, facts=1)
    say_book(days, first, day)
    say_book(days, first, day)
    assert alarms() == []
    say_book(days, second, day)
    kept = daybook.peer_book("63", day)
    assert kept is not None
    assert kept.signed == first
    (alarm,) = alarms()
    assert (alarm.body["code"], alarm.body["kept"], alarm.body["offered"]) == (
        "day_book.contradiction", book_digest(first), book_digest(second),
    )  # fmt: skip
    following = a_book(days, day + timedelta(days=1), previous=book_digest(second))
    say_book(days, following, day + timedelta(days=1))
    assert [a.body["code"] for a in alarms()] == ["day_book.contradiction", "day_book.not_consecutive"]
    honest = a_book(days, day + timedelta(days=1), previous=book_digest(first))
    say_book(days, honest, day + timedelta(days=1))
    assert daybook.peer_book("63", day + timedelta(days=1)) is not None
    assert Inbound.objects.exclude(state="applied").count() == 0, "the stream goes on"


def test_a_book_in_another_nodes_name_is_parked(days: Ground) -> None:
    day = day_of(datetime.now(UTC)) - timedelta(days=3)
    book, _ = close("14", day, [], previous=None, closed_at=end_of(day))
    say_book(days, seal_day_book(book, days.all_keys["14"]), day)
    row = Inbound.objects.get()
    assert (row.state, row.reason) == ("parked", "day_book.malformed")
    assert daybook.peer_book("14", day) is None


# ---- time-stamps -----------------------------------------------------------------------------------------------


def test_a_day_closes_while_the_stamper_is_away_and_is_stamped_when_it_is_back(days: Ground) -> None:
    stamper = LocalStamper(clock.now)
    stamper.broken = True
    timestamping.install(stamper)
    light(an_act(), uuid4(), to=[])
    today = midnight_passes()
    daybooks.duties()
    own = daybook.own_book(today)
    assert own is not None
    assert own.time_stamp is None
    stamper.broken = False
    daybooks.duties()
    own = daybook.own_book(today)
    assert own is not None
    assert own.time_stamp is not None
    token = unb64url(own.time_stamp, "time_stamp.malformed")
    stamp = read_time_stamp(token, own.signed.encode(), stamper.certificate)
    assert stamp.verified
    assert abs(stamp.at - clock.now()) < timedelta(seconds=30)
    for wrong in (
        lambda: read_time_stamp(token, own.signed.encode() + b".", stamper.certificate),
        lambda: read_time_stamp(token, own.signed.encode(), LocalStamper(clock.now).certificate),
        lambda: read_time_stamp(token[:-1] + bytes([token[-1] ^ 1]), own.signed.encode(), stamper.certificate),
    ):
        with pytest.raises(WireProblem, match="time_stamp"):
            wrong()


# ---- nobody rewrites the past ----------------------------------------------------------------------------------


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
    from tongban.exchange.actions import accept

    told = []
    for lantern in lanterns:
        raw = days.peer.says(not_accepted(), f"filing:{lantern}")
        told.append(MessageLine(raw=json.loads(raw), receipt=accept(raw, clock.now()).receipt))
    deliver()
    today = midnight_passes()
    daybooks.close_days()
    deliver()
    return today, kept_by_the_peer(days, told)


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
        cursor.execute("SELECT data_type FROM information_schema.columns WHERE table_name=%s AND column_name=%s",
                       [table, column])  # fmt: skip
        kind = cursor.fetchone()[0]
        new = _changed(chance, text, kind)
        cursor.execute(f"UPDATE {table} SET {column} = %s::{kind} WHERE ctid = %s::tid", [new, place])
        return f"{table}.{column}: {text[:300]} → {new[:300]}"


def _changed(chance: random.Random, text: str, kind: str) -> str:
    if kind == "bytea":
        raw = bytearray.fromhex(text.removeprefix("\\x"))
        raw[chance.randrange(len(raw))] ^= chance.randrange(1, 256)
        return "\\x" + raw.hex()
    if kind.startswith("timestamp"):
        return (datetime.fromisoformat(text) + timedelta(microseconds=chance.choice([-1, 1]))).isoformat()
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"
    while True:
        at = chance.randrange(len(text))
        new = text[:at] + chance.choice(letters) + text[at + 1 :]
        if new == text:
            continue
        if kind != "jsonb" or _is_other_json(text, new):
            return new


def _is_other_json(old: str, new: str) -> bool:
    try:
        return bool(json.loads(old) != json.loads(new))
    except ValueError:
        return False


def judged(days: Ground, day: date, theirs: Bundle) -> tuple[bool, str]:
    try:
        report = examine([our_file(day), theirs], days.keys.list)
    except WireProblem as problem:
        return False, str(problem)
    return report.holds, report.text("en")


@pytest.mark.req("R-086")
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


@pytest.mark.req("R-086")
@pytest.mark.parametrize("resigned", [False, True], ids=["quietly", "with a new book signed over it"])
def test_a_past_rewritten_with_all_its_digests_is_exposed_as_well(days: Ground, resigned: bool) -> None:
    """The owner of the database and of the key rebuilds a chain that no peer was told of, digest by digest."""
    today, theirs = a_closed_and_exchanged_day(days)
    from tongban.journal import chain

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
