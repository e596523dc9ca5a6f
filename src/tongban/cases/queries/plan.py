"""The steps of a joint plan as seen from outside: called, open, answered, or not yet their turn."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tongban.cases.models import PartMirror
from tongban.cases.views import PlanStepView
from tongban.directory import queries as directory
from tongban.items.queries import VersionView
from tongban.kernel.time import SHANGHAI
from tongban.organizations import queries as organizations

from .shapes import due


def steps(
    version: VersionView | None, mirrors: list[PartMirror], places: Mapping[str, tuple[str, str]]
) -> tuple[PlanStepView, ...]:
    """``places``: receiving | releasing → (node, region), for the steps that were not called yet."""
    known = {mirror.step_key: mirror for mirror in mirrors}
    result = []
    for step in sorted(version.plan if version else (), key=lambda s: s.seq):
        mirror = known.get(step.key)
        node, region = (mirror.owner, mirror.region) if mirror else places.get(step.place, ("", ""))
        decided = mirror is not None and mirror.decided_on is not None
        result.append(
            PlanStepView(
                key=step.key,
                seq=step.seq,
                name=step.name,
                node=node,
                place=_place(node, region),
                status=mirror.status if mirror else "waiting",
                due=due(mirror.due_on, mirror.due_calendar, mirror.due_estimated) if mirror else None,
                decided_at=mirror.since.astimezone(SHANGHAI) if mirror and decided else None,
            )
        )
    return tuple(result)


def mirrors_of(filing_id: UUID) -> list[PartMirror]:
    return list(PartMirror.objects.filter(filing_id=filing_id).order_by("seq"))


def _place(node: str, region: str) -> str:
    path = organizations.path(region) if region else ()
    return "".join(path) or directory.node_name(node)
