"""Reading people, tokens and the record of reads.

Nothing here discloses another person's data except :func:`profile`, which opens one's own, and
:func:`profile_of`, whose caller has recorded the access first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from tongban.journal import clock, prepared
from tongban.kernel.people import Actor
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .models import AccessRecord, Person, StaffPost, Token
from .people import actor_of_row, in_force, index, posts_of, unseal
from .tokens import ApiClientView, client_by_token

__all__ = [
    "AccessView",
    "ApiClientView",
    "Profile",
    "accesses_to",
    "actor_of",
    "client_by_token",
    "find_actor",
    "find_by_id_number",
    "find_by_mobile",
    "issued_tokens",
    "profile",
    "profile_of",
]


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's own data, unmasked. Never logged, never put into a fact's public part."""

    ref: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    level: int = 1


@dataclass(frozen=True, slots=True)
class AccessView:
    """One look at somebody's data, as that person may see it. ``role``, ``authority`` … are codes for the page."""

    id: UUID
    at: datetime
    actor_ref: str
    client: str | None
    role: str | None
    region: str | None
    authority: str | None
    department: str | None
    window: str | None
    case_ref: str
    purpose: str
    fields: tuple[str, ...]


def find_actor(issuer: str, subject: str, *, level: int | None = None) -> Actor | None:
    """The actor a known person is at this node today, with the posts in force; None if unknown."""
    today = local_date(clock.now())
    held = StaffPost.objects.filter(in_force(today)).order_by("id")
    row = (
        Person.objects.filter(issuer=issuer, subject=subject)
        .prefetch_related(Prefetch("posts", queryset=held, to_attr="held"))
        .first()
    )
    return actor_of_row(row, posts_of(row.held), level=level) if row else None


def actor_of(issuer: str, subject: str, *, level: int | None = None) -> Actor:
    """As :func:`find_actor`, but an unknown person is refused with ``request.unauthenticated``."""
    actor = find_actor(issuer, subject, level=level)
    if actor is None:
        raise Refusal("request.unauthenticated")
    return actor


def profile(actor: Actor) -> Profile:
    """The actor's own data. Not a read of another's data, so nothing is recorded."""
    return profile_of(actor.issuer, actor.subject)


def profile_of(issuer: str, subject: str) -> Profile:
    """Somebody's data. The caller has called ``actions.record_access`` before, unless it is the person's own."""
    with prepared.cursor() as cursor:  # on the path of every filing
        cursor.execute(
            "SELECT id, kind, name, id_number, mobile, level FROM identity_person WHERE issuer = %s AND subject = %s",
            [issuer, subject],
        )
        row = cursor.fetchone()
    if row is None:
        raise Refusal("request.not_found")
    person_id, kind, name, id_number, mobile, level = row
    return Profile(
        f"{kind}:{issuer}:{subject}",
        unseal(person_id, "name", name),
        unseal(person_id, "id_number", id_number),
        unseal(person_id, "mobile", mobile),
        level,
    )


def find_by_id_number(id_number: str) -> tuple[str, ...]:
    """References of the applicants with this identity number, one per issuer; by blind index, disclosing nothing."""
    return _refs(Q(id_number_index=index(id_number)))


def find_by_mobile(mobile: str) -> tuple[str, ...]:
    """References of the applicants with this mobile number."""
    return _refs(Q(mobile_index=index(mobile)))


def _refs(wanted: Q) -> tuple[str, ...]:
    rows = Person.objects.filter(wanted, kind="applicant").order_by("issuer", "subject")
    return tuple(f"{row.kind}:{row.issuer}:{row.subject}" for row in rows)


def accesses_to(
    person_ref: str, also: Sequence[str] = (), *, before: UUID | None = None, limit: int = 50
) -> list[AccessView]:
    """Who looked at this person's data, newest first: looks recorded for the person or for any of ``also``, the
    references of the person's filings. ``before``, the id of the last look of a page, continues the list."""
    refs = [person_ref, *also]
    rows = AccessRecord.objects.filter(Q(subject_ref__in=refs) | Q(case_ref__in=list(also)))
    last = rows.filter(id=before).first() if before else None
    if last is not None:
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    return [_access(row) for row in rows.exclude(actor=person_ref).order_by("-at", "-id")[:limit]]


def _access(row: AccessRecord) -> AccessView:
    post = row.posts[0] if row.posts else {}
    return AccessView(
        row.id,
        row.at,
        row.actor,
        row.client,
        post.get("role"),
        post.get("region"),
        post.get("authority"),
        post.get("department"),
        post.get("window"),
        row.case_ref,
        row.purpose,
        tuple(row.fields),
    )


@dataclass(frozen=True, slots=True)
class IssuedTokenView:
    """A token without its secret: of which system, ``person`` as issuer:subject if it acts for one."""

    id: str
    client: str
    person: str | None
    scopes: tuple[str, ...]
    expires_at: datetime
    revoked_at: datetime | None


def issued_tokens() -> list[IssuedTokenView]:
    """Every token of this node, ended ones too, by system and age."""
    rows = Token.objects.select_related("client", "person").order_by("client__label", "created_at", "id")
    return [
        IssuedTokenView(
            row.id,
            row.client.label,
            f"{row.person.issuer}:{row.person.subject}" if row.person else None,
            tuple(row.scopes),
            row.expires_at,
            row.revoked_at,
        )
        for row in rows
    ]


def person_id(issuer: str, subject: str) -> UUID | None:
    """The id of a person's row and chain."""
    return Person.objects.filter(issuer=issuer, subject=subject).values_list("id", flat=True).first()
