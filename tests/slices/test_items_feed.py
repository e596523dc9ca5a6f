"""The feed of changes under concurrent writers: no later number becomes visible before an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)

ROW = (
    "INSERT INTO items_standing (owner, code, state, since) VALUES (%s, %s, 'suspended', now())"
    " ON CONFLICT (owner, code) DO UPDATE SET state = 'retired'"
)


@contextmanager
def own_connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection beside Django's, to the same database."""
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"], password=known["PASSWORD"] or None,
        dbname=known["NAME"],
    ) as made:  # fmt: skip
        yield made


def numbers(db: psycopg.Connection[Any]) -> list[int]:
    found = [row[0] for row in db.execute("SELECT seq FROM items_change ORDER BY seq").fetchall()]
    db.commit()
    return found


def head(db: psycopg.Connection[Any]) -> int:
    found: int = db.execute("SELECT last FROM items_change_head").fetchall()[0][0]
    db.commit()
    return found


def test_a_second_writer_gets_its_number_only_after_the_first_has_committed() -> None:
    with own_connection() as one, own_connection() as two, own_connection() as reader:
        known, last = numbers(reader), head(reader)
        one.execute(ROW, ["44", "A"])
        two.execute("SET lock_timeout = '300ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            two.execute(ROW, ["63", "B"])
        two.rollback()
        assert numbers(reader) == known
        one.commit()
        two.execute(ROW, ["63", "B"])
        two.commit()
        assert numbers(reader)[len(known) :] == [last + 1, last + 2]


def test_what_is_undone_leaves_nothing_in_the_feed() -> None:
    with own_connection() as one, own_connection() as reader:
        known = numbers(reader)
        one.execute(ROW, ["44", "A"])
        one.rollback()
        assert numbers(reader) == known
        one.execute(ROW, ["44", "A"])
        one.execute(ROW, ["44", "A"])
        one.commit()
        new = reader.execute("SELECT kind, change, owner, code FROM items_change ORDER BY seq").fetchall()
        assert new[len(known) :] == [("standing", "suspended", "44", "A"), ("standing", "retired", "44", "A")]
