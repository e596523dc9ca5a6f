"""Matters about a person at this node, whoever filed them: found by the blind index of the identity number, so that
each place can say who looked at what about her (个人信息保护法 §§44–45). Nothing of the content is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from tongban.cases.models import Case, Filing, Part, PartMirror
from tongban.cases.models.sealed import blind
from tongban.cases.views import ItemView
from tongban.config import config

from . import shapes

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Matter:
    """What a look was about: the number the person keeps, the item, and the unit and region that answer for it."""

    number: str
    item: ItemView
    authority: str | None
    region: str


def references_about(person_ref: str, id_number: str) -> tuple[str, ...]:
    """The references under which looks at this person's matters are recorded here (``filing:…``, ``case:…``,
    ``part:…``), of the newest matters; also of those that somebody else filed, and of cases filed elsewhere."""
    about = Q(id_number_index=blind(id_number)) if id_number else Q(pk__in=[])
    filings = Filing.objects.filter(about | Q(applicant_ref=person_ref)).order_by("-id").values_list("id")[:MOST]
    cases = Case.objects.filter(about).order_by("-id").values_list("id", "filing_id")[:MOST]
    parts = Part.objects.filter(about).order_by("-id").values_list("id", "filing_id")[:MOST]
    found = [f"filing:{id}" for (id,) in filings]
    for kind, rows in (("case", cases), ("part", parts)):
        for id, filing_id in rows:
            found += [f"{kind}:{id}", f"filing:{filing_id}"]
    return tuple(dict.fromkeys(found))


def nodes_concerned(person_ref: str, id_number: str) -> tuple[str, ...]:
    """The other nodes at which matters of this person are, by id: where her filings went, or came from."""
    about = Q(id_number_index=blind(id_number)) if id_number else Q(pk__in=[])
    mine = Filing.objects.filter(about | Q(applicant_ref=person_ref), number__isnull=False)
    found = set(mine.values_list("competent_node", flat=True).distinct())
    found |= set(PartMirror.objects.filter(filing_id__in=mine.values("id")).values_list("owner", flat=True).distinct())
    found |= set(Case.objects.filter(about).values_list("intake_node", flat=True).distinct())
    for lead, intake in Part.objects.filter(about).values_list("lead_node", "intake_node").distinct():
        found |= {lead, intake}
    return tuple(sorted(found - {config().node_id}))


def matters(references: Iterable[str]) -> dict[str, Matter]:
    """Reference → the matter; those unknown here are left out."""
    wanted: dict[str, list[UUID]] = {"filing": [], "case": [], "part": []}
    for reference in references:
        kind, _, text = reference.partition(":")
        if kind in wanted:
            wanted[kind].append(UUID(text))
    found: dict[str, Matter] = {}
    for row in Filing.objects.filter(id__in=wanted["filing"]):
        found[f"filing:{row.id}"] = Matter(row.number or "", shapes.item(row), None, row.intake_region)
    owned: Mapping[str, Any] = {"case": Case, "part": Part}
    for kind, model in owned.items():
        for row in model.objects.filter(id__in=wanted[kind]):
            found[f"{kind}:{row.id}"] = Matter(row.filing_number, shapes.item(row), row.authority, row.region)
    return found
