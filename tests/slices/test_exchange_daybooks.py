"""A day is closed once, told to the peers, kept by them; a contradicting day is an alarm; stamps come later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from tests.days import days, deliver, midnight_passes
from tests.peers import ME, Ground, an_act, ground, light

from tongban.exchange import daybooks, gauges, queries, timestamping, watching
from tongban.exchange.actions import accept, settle_alarm
from tongban.exchange.adapters.local_stamper import LocalStamper
from tongban.exchange.models import Inbound, Outbound
from tongban.journal import clock, daybook
from tongban.journal.models import Fact
from tongban.kernel.problems import Refusal
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
from tongban_wire.export import FactLine
from tongban_wire.messages import DayBookClosed
from tongban_wire.problems import WireProblem
from tongban_wire.stamps import read_time_stamp
from tongban_wire.strict import unb64url

__all__ = ["days", "ground"]
pytestmark = pytest.mark.django_db


def books_at(ground: Ground) -> list[DayBookClosed]:
    return [e.message for e in ground.peer.order if isinstance(e.message, DayBookClosed)]


@pytest.mark.req("R-248")
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


def test_a_contradicted_day_stands_as_an_alarm_of_the_supervisor_until_a_person_has_settled_it(days: Ground) -> None:
    day = day_of(datetime.now(UTC)) - timedelta(days=3)
    for text in (a_book(days, day, previous=None), a_book(days, day, previous=None, facts=1)):
        say_book(days, text, day)
    (alarm,) = queries.alarms()
    assert (alarm.kind, alarm.key, alarm.owner, alarm.by_hand) == ("day_contradicted", "63", "supervisor", True)
    assert (alarm.params["code"], alarm.params["day"]) == ("day_book.contradiction", day.isoformat())
    counted = {name: values for name, _, _, values in gauges.labelled()}
    assert counted["alarms"] == {"day_contradicted": 1.0}
    watching.watch()
    assert [a.kind for a in queries.alarms()] == ["day_contradicted"], "no observation ends it"
    settle_alarm(an_act(), alarm.id)
    assert queries.alarms() == []
    with pytest.raises(Refusal):
        settle_alarm(an_act(), alarm.id)


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
