"""A signed-in person asks to hear about an item or a place, or no longer (R-137)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from tongban.guidance.events import FollowEnded, FollowStarted
from tongban.guidance.models import Follow
from tongban.items import queries as items
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act, ActorKind
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

MOST: Final = 50


@action
def follow(act: Act, kind: str, key: str) -> UUID:
    """From today on what is new there stands on the person's own page. Again changes nothing.

    Refusals: permission.denied, request.invalid (no such item or region), request.rate_limited (more than fifty).
    """
    _must_be_a_person(act)
    known = items.entry(key) if kind == "item" else organizations.region(key) if kind == "region" else None
    if known is None:
        raise Refusal("request.invalid", fields={"key": "choice"})
    mine = Follow.objects.filter(person=act.actor.ref)
    old = mine.filter(kind=kind, key=key).first()
    if old is not None:
        raise Unchanged(UUID(str(old.id)))
    if mine.count() >= MOST:
        raise Refusal("request.rate_limited")
    row = Follow.objects.create(id=new_id(), person=act.actor.ref, kind=kind, key=key, since=local_date(act.at))
    record(FollowStarted(subject_id=row.id, kind=kind), opens=True)
    return UUID(str(row.id))


@action
def unfollow(act: Act, follow_id: UUID) -> UUID:
    """Not any more; the row is gone. Refusals: permission.denied, request.not_found (also for somebody else's)."""
    _must_be_a_person(act)
    row = Follow.objects.select_for_update().filter(id=follow_id, person=act.actor.ref).first()
    if row is None:
        raise Refusal("request.not_found")
    row.delete()
    record(FollowEnded(subject_id=follow_id))
    return follow_id


def _must_be_a_person(act: Act) -> None:
    if act.actor.kind != ActorKind.APPLICANT:
        raise Refusal("permission.denied")
