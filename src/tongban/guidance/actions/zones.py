"""What a zone shows first: written by one item manager, published or returned by another (R-136)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tongban.guidance.events import (
    ZoneContentDiscarded,
    ZoneContentPublished,
    ZoneContentReturned,
    ZoneContentSubmitted,
)
from tongban.guidance.models import ZoneContent
from tongban.guidance.policy import must_manage_items
from tongban.guidance.rules.zone_content import OPEN, read_content
from tongban.items import search as items
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal


@action
def submit_content(act: Act, zone: str, featured: Sequence[str], policies: Sequence[Mapping[str, str]]) -> UUID:
    """Lay a new edition of a zone before a second person; a returned one of the same zone is given up for it.

    Whether this node looks after the zone is the caller's to know. Refusals: permission.denied, request.invalid with
    the fields, state.proposal_open while one waits for the second person.
    """
    must_manage_items(act.actor)
    content = read_content(featured, policies, [e.key for e in items.all_entries()])
    if ZoneContent.objects.filter(zone=zone, state="submitted").exists():
        raise Refusal("state.proposal_open", item=zone)
    for old in ZoneContent.objects.select_for_update().filter(zone=zone, state="returned"):
        old.state, old.version = "discarded", old.version + 1
        old.save(update_fields=["state", "version"])
        record(ZoneContentDiscarded(subject_id=old.id, zone=zone))
    row = ZoneContent.objects.create(
        id=new_id(), zone=zone, content=content, state="submitted", author=act.actor.ref, submitted_at=act.at
    )
    record(
        ZoneContentSubmitted(
            subject_id=row.id, zone=zone, featured=tuple(content["featured"]), policies=len(content["policies"])
        ),
        opens=True,
    )
    return UUID(str(row.id))


@action
def publish_content(act: Act, content_id: UUID, *, seen: int) -> UUID:
    """The second person puts it up; the edition before it is replaced. Refusals: permission.denied,
    permission.second_person, request.not_found, state.stale."""
    row = _second(act, content_id, seen)
    for old in ZoneContent.objects.select_for_update().filter(zone=row.zone, state="published"):
        old.state, old.version = "replaced", old.version + 1
        old.save(update_fields=["state", "version"])
    row.state, row.reviewer, row.published_at, row.version = "published", act.actor.ref, act.at, row.version + 1
    row.save(update_fields=["state", "reviewer", "published_at", "version"])
    record(ZoneContentPublished(subject_id=content_id, zone=row.zone))
    return content_id


@action
def return_content(act: Act, content_id: UUID, *, note: str, seen: int) -> UUID:
    """The second person gives it back and says why. Refusals: as for publishing; state.reason_missing."""
    if not note.strip():
        raise Refusal("state.reason_missing")
    row = _second(act, content_id, seen)
    row.state, row.note, row.version = "returned", note.strip()[:500], row.version + 1
    row.save(update_fields=["state", "note", "version"])
    record(ZoneContentReturned(subject_id=content_id, zone=row.zone, note=row.note))
    return content_id


def _second(act: Act, content_id: UUID, seen: int) -> ZoneContent:
    must_manage_items(act.actor)
    row = ZoneContent.objects.select_for_update().filter(id=content_id).first()
    if row is None:
        raise Refusal("request.not_found")
    if row.state not in OPEN or row.state == "returned" or row.version != seen:
        raise Refusal("state.stale")
    if row.author == act.actor.ref:
        raise Refusal("permission.second_person")
    return row
