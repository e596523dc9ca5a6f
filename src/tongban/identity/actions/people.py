"""Enrolling people and assigning posts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.identity.events import PersonEnrolled, PostsAssigned
from tongban.identity.models import Person, StaffPost
from tongban.identity.people import in_force, index, posts_of, seal, unseal
from tongban.identity.policy import refuse_managing
from tongban.identity.ports import Identity
from tongban.identity.rules.levels import is_level
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.numbers import is_id_number, is_mobile
from tongban.kernel.people import Act, ActorKind, Post
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

__all__ = ["assign_posts", "enrol_person"]


@action
def enrol_person(act: Act, identity: Identity, *, demo: bool = False) -> UUID:
    """Make a person known without a sign-in (staff, demo people). Idempotent; returns the person's id."""
    if refusal := refuse_managing(act.actor):
        raise refusal
    row = Person.objects.filter(issuer=identity.issuer, subject=identity.subject).first()
    if row is not None and _says_the_same(row, identity):
        raise Unchanged(row.id)
    row = write_person(act, identity, row, demo=demo)
    record(PersonEnrolled(subject_id=row.id, issuer=row.issuer, subject=row.subject, kind=row.kind, level=row.level))
    return row.id


@action
def assign_posts(act: Act, person_id: UUID, posts: Sequence[Post]) -> None:
    """From today the person holds exactly these posts. Posts that fall away end today; idempotent."""
    if refusal := refuse_managing(act.actor):
        raise refusal
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise Refusal("request.not_found")
    if person.kind != ActorKind.STAFF:
        raise Refusal("permission.denied", reason="only_staff_hold_posts")
    today = local_date(act.at)
    held = list(StaffPost.objects.filter(in_force(today), person=person).order_by("id"))
    if set(posts_of(held)) == set(posts) and len(held) == len(posts):
        raise Unchanged
    for row in held:
        if row.from_on == today:
            row.delete()
        else:
            row.to_on = today
            row.save(update_fields=["to_on"])
    StaffPost.objects.bulk_create(
        StaffPost(
            id=new_id(),
            person=person,
            role=p.role,
            region=p.region,
            authority=p.authority,
            department=p.department,
            window=p.window,
            from_on=today,
        )
        for p in posts
    )
    record(PostsAssigned(subject_id=person.id, posts=tuple(posts)))


def write_person(act: Act, identity: Identity, row: Person | None, *, demo: bool = False) -> Person:
    """Insert or refresh the person's row from a provider's word. Used by actions only."""
    _refuse_bad(identity)
    new = row is None
    if row is None:
        row = Person(
            id=new_id(),
            issuer=identity.issuer,
            subject=identity.subject,
            kind=identity.kind,
            level=identity.level,
            demo=demo,
            created_at=act.at,
        )
    if row.kind != identity.kind:
        raise Refusal("request.unauthenticated")
    row.level = max(row.level, identity.level)
    row.name = seal(row.id, "name", identity.name) or row.name
    if identity.id_number:
        row.id_number, row.id_number_index = seal(row.id, "id_number", identity.id_number), index(identity.id_number)
    if identity.mobile:
        row.mobile, row.mobile_index = seal(row.id, "mobile", identity.mobile), index(identity.mobile)
    if not new:
        row.save()
        return row
    Person.objects.bulk_create([row], ignore_conflicts=True)  # another request may enrol the same person right now
    return Person.objects.select_for_update().get(issuer=identity.issuer, subject=identity.subject)


def _refuse_bad(identity: Identity) -> None:
    """A provider that asserts nonsense is not believed."""
    if (
        not identity.name
        or identity.kind not in (ActorKind.APPLICANT, ActorKind.STAFF)
        or not is_level(identity.level)
        or (identity.id_number and not is_id_number(identity.id_number))
        or (identity.mobile and not is_mobile(identity.mobile))
    ):
        raise Refusal("request.unauthenticated")


def _says_the_same(row: Person, identity: Identity) -> bool:
    return (row.kind, row.level) == (identity.kind, identity.level) and (
        unseal(row.id, "name", row.name),
        unseal(row.id, "id_number", row.id_number),
        unseal(row.id, "mobile", row.mobile),
    ) == (identity.name, identity.id_number, identity.mobile)
