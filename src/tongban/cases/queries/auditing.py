"""Rows of filings, cases and parts held against the facts recorded about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from tongban.cases.models import Case, Filing, Part
from tongban.cases.rules.folding import CannotFollow, Told, fold
from tongban.journal import queries as journal
from tongban.kernel.time import local_date

_TABLES: Final[dict[str, Any]] = {"filing": Filing, "case": Case, "part": Part}


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that does not say what the facts say; ``column`` is ``facts`` if the facts contradict themselves."""

    kind: str
    subject: UUID
    column: str
    row: Any
    facts: Any


def statuses_from_facts() -> tuple[int, list[Difference]]:
    """How many rows were recomputed, and what differs. Chains are verified apart (``tongban chains``)."""
    looked, found = 0, []
    for kind, model in _TABLES.items():
        ids = list(model.objects.order_by("id").values_list("id", flat=True))
        for page in (ids[start : start + 200] for start in range(0, len(ids), 200)):
            rows = {row.id: row for row in model.objects.filter(id__in=page)}
            looked += len(rows)
            told = _facts(kind, page)
            for subject, row in rows.items():
                found += list(_compare(kind, subject, row, told.get(subject, [])))
    return looked, found


def _facts(kind: str, subjects: Sequence[UUID]) -> dict[UUID, list[Told]]:
    told: dict[UUID, list[Told]] = {}
    facts = journal.facts_of([(kind, subject) for subject in subjects], with_personal=False)
    for fact in sorted(facts, key=lambda fact: fact.position):
        told.setdefault(fact.subject_id, []).append(
            Told(fact.name, fact.body, local_date(fact.at).isoformat())
        )
    return told


def _compare(kind: str, subject: UUID, row: Any, told: list[Told]) -> Iterator[Difference]:
    try:
        wanted = fold(kind, told)
    except CannotFollow as contradiction:
        yield Difference(kind, subject, "facts", None, str(contradiction))
        return
    if not wanted:
        yield Difference(kind, subject, "facts", row.status, None)
    for column, value in wanted.items():
        found = getattr(row, column)
        if (found.isoformat() if isinstance(found, date) else found) != value:
            yield Difference(kind, subject, column, found, value)


def subjects_of_number(number: str) -> list[tuple[str, UUID]]:
    """The filing, its case and its parts at this node: (subject type, id), for exports."""
    found: list[tuple[str, UUID]] = [("filing", row.id) for row in Filing.objects.filter(number=number)]
    found += [("case", row.id) for row in Case.objects.filter(filing_number=number)]
    found += [("part", row.id) for row in Part.objects.filter(filing_number=number).order_by("seq")]
    return found
