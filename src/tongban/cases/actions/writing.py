"""The write of an action: compare-and-set on the version the actor has seen."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from tongban.journal import prepared
from tongban.kernel.problems import Refusal

Row = TypeVar("Row", bound=Model)


def refuse_stale(row: Any, seen: int) -> None:
    """The actor looked at an older version than the one that stands."""
    if row.version != seen:
        raise Refusal("state.stale", seen=seen, version=row.version)


def insert(*rows: Model) -> None:
    """Write new rows of this slice in one statement. What ``save(force_insert=True)`` does for each, without composing
    the SQL anew; foreign keys between them are checked at the commit."""
    values: list[Any] = []
    for row in rows:
        values += [f.get_db_prep_save(f.pre_save(row, True), connection) for f in row._meta.concrete_fields]
        row._state.adding = False
    with prepared.cursor() as cursor:
        cursor.execute(_insert_sql(tuple(type(row) for row in rows)), values)


@cache
def _insert_sql(models: tuple[type[Model], ...]) -> str:
    parts = []
    for number, model in enumerate(models):
        columns = [connection.ops.quote_name(str(f.column)) for f in model._meta.concrete_fields]
        table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
        parts.append(f"r{number} AS (INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}))")  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT 1"


def compare_and_set(row: Any, **changes: Any) -> None:
    """Write ``changes`` if nobody has written since ``row`` was loaded, else refuse; the version moves on."""
    changed = type(row).objects.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **changes)
    if not changed:
        raise Refusal("state.stale", seen=row.version)
    row.version += 1
    for name, value in changes.items():
        setattr(row, name, value)
