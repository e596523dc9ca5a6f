"""Small words that the tables of this slice share: known codes, and constraints that read as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import CheckConstraint, Q


def one_of(kind: type[StrEnum] | Iterable[str]) -> list[str]:
    """The codes of an enumeration, for a constraint."""
    return [str(getattr(code, "value", code)) for code in kind]


def known(field: str, kind: type[StrEnum] | Iterable[str]) -> Q:
    return Q(**{f"{field}__in": one_of(kind)})


def iff(left: Q, right: Q) -> Q:
    """Both or neither. Both sides must be definite: no comparison with a null column."""
    return (left & right) | (~left & ~right)


def rule(name: str, sentence: str, condition: Q) -> CheckConstraint:
    """A named rule of the database; ``sentence`` says it in words.

    A condition must be definite: the database lets a row pass when it comes out as null. Compare a column that may be
    null only beside ``__isnull=False``; a planted row in the tests shows that it was thought of.
    """
    return CheckConstraint(condition=condition, name=name, violation_error_message=sentence)
