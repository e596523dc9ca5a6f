"""Upkeep of an item, for reading: when its guide is due for a look, and everything that was ever done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from tongban.journal import queries as journal

from .models import GuideReview, Proposal
from .rules.upkeep import review_due

REVIEWS = UUID("01950000-0000-7000-8000-0000000000f8")
STANDINGS = UUID("01950000-0000-7000-8000-0000000000f6")


@dataclass(frozen=True, slots=True)
class Done:
    """One recorded act on an item: ``name`` of the fact, who, when, and what it says."""

    at: datetime
    name: str
    actor: str
    body: Mapping[str, Any]


def reviews_due(begun: Mapping[str, date]) -> dict[str, date]:
    """Code → the day by which its guide is looked at again; ``begun``: code → when its newest version begins."""
    known = {row.code: row for row in GuideReview.objects.filter(code__in=begun)}
    return {
        code: review_due(day, known[code].reviewed_on, known[code].due_on)
        if code in known
        else review_due(day, None, None)
        for code, day in begun.items()
    }


def history(code: str) -> Sequence[Done]:
    """Every change of an item of this node with its person, the latest first: proposals from draft to publication,
    standings, guide reviews; imports under the item's own proposal."""
    proposals = Proposal.objects.filter(code=code).values_list("id", "batch")
    subjects = [("proposal", each) for each, _ in proposals]
    subjects += [("import_batch", batch) for batch in {batch for _, batch in proposals if batch is not None}]
    subjects += [("item_standing", uuid5(STANDINGS, code)), ("guide_review", uuid5(REVIEWS, code))]
    found = journal.facts_of(subjects, with_personal=False)
    return [Done(f.at, f.name, f.actor, f.body) for f in reversed(found)]
