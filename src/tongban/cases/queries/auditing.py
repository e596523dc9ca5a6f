"""Rows of filings, cases and parts held against the facts recorded about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from tongban.cases.models import Case, Filing, Part, PartMirror
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
            called = [fact.body for facts in told.values() for fact in facts if fact.name == "part.called"]
            looked += len(called)
            found += list(_parts_called(called))
    return looked, found


def _parts_called(called: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """Parts of cases led here: no message to ourselves called them, so their mirrors are held against the facts."""
    rows = {row.part_id: row for row in PartMirror.objects.filter(part_id__in=[body["part_id"] for body in called])}
    for body in called:
        part, row = UUID(body["part_id"]), rows.get(UUID(body["part_id"]))
        if row is None:
            yield Difference("part_mirror", part, "facts", None, "called")
            continue
        for column, word in (("step_key", "step_key"), ("seq", "seq"), ("owner", "node"), ("region", "region")):
            if getattr(row, column) != body[word]:
                yield Difference("part_mirror", part, column, getattr(row, column), body[word])
        if str(row.filing_id) != body["filing_id"]:
            yield Difference("part_mirror", part, "filing_id", row.filing_id, body["filing_id"])


def _facts(kind: str, subjects: Sequence[UUID]) -> dict[UUID, list[Told]]:
    told: dict[UUID, list[Told]] = {}
    facts = journal.facts_of([(kind, subject) for subject in subjects], with_personal=False)
    for fact in sorted(facts, key=lambda fact: fact.position):
        told.setdefault(fact.subject_id, []).append(Told(fact.name, fact.body, local_date(fact.at).isoformat()))
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
