"""The write of an action: compare-and-set on the version the actor has seen."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model

from tongban.kernel.problems import Refusal

Row = TypeVar("Row", bound=Model)


def refuse_stale(row: Any, seen: int) -> None:
    """The actor looked at an older version than the one that stands."""
    if row.version != seen:
        raise Refusal("state.stale", seen=seen, version=row.version)


def compare_and_set(row: Any, **changes: Any) -> None:
    """Write ``changes`` if nobody has written since ``row`` was loaded, else refuse; the version moves on."""
    changed = type(row).objects.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **changes)
    if not changed:
        raise Refusal("state.stale", seen=row.version)
    row.version += 1
    for name, value in changes.items():
        setattr(row, name, value)
