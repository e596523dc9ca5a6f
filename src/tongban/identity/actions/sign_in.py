"""Signing in by an identity provider's word, each word used once; signing out."""

from __future__ import annotations

from django.db import connection

from tongban.config import config
from tongban.identity.events import PersonEnrolled, PersonSignedIn, PersonSignedOut
from tongban.identity.models import OneTimeTicket, Person, StaffPost
from tongban.identity.people import actor_of_row, in_force, posts_of
from tongban.identity.ports import Identity
from tongban.identity.rules.tickets import fingerprint
from tongban.journal.action import action, record
from tongban.kernel.people import Act, Actor, ActorKind
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .people import write_person


@action
def sign_in(act: Act, identity: Identity) -> Actor:
    """The actor this person is now. ``act.actor`` is the node: before a sign-in there is nobody.

    1. The one-time ticket is consumed; a second use, or one past its end, is ``request.unauthenticated`` with
       ``reason`` ``ticket_used`` or ``ticket_expired``.
    2. Staff must be known here already and hold a post today: staff belong to one node. Applicants of any issuer are
       enrolled at their first sign-in; nobody registers a second time (R-170).
    3. The person's row is refreshed, the sign-in recorded.
    """
    _consume(act, identity)
    row = Person.objects.select_for_update().filter(issuer=identity.issuer, subject=identity.subject).first()
    known = row is not None
    if not known and identity.kind != ActorKind.APPLICANT:
        raise Refusal("request.unauthenticated", reason="not_staff_here", node=config().node_id)
    row = write_person(act, identity, row)
    posts = posts_of(StaffPost.objects.filter(in_force(local_date(act.at)), person=row).order_by("id"))
    if row.kind == ActorKind.STAFF and not posts:
        raise Refusal("request.unauthenticated", reason="no_post", node=config().node_id)
    Person.objects.filter(id=row.id).update(last_sign_in_at=act.at)
    if not known:
        record(
            PersonEnrolled(subject_id=row.id, issuer=row.issuer, subject=row.subject, kind=row.kind, level=row.level)
        )
    record(PersonSignedIn(subject_id=row.id, issuer=row.issuer, level=identity.level))
    return actor_of_row(row, posts, level=identity.level)


@action
def sign_out(act: Act) -> None:
    """Record that the actor ended the session."""
    row = Person.objects.filter(issuer=act.actor.issuer, subject=act.actor.subject).first()
    if row is None:
        raise Refusal("request.unauthenticated")
    record(PersonSignedOut(subject_id=row.id))


def _consume(act: Act, identity: Identity) -> None:
    if identity.expires_at <= act.at:
        raise Refusal("request.unauthenticated", reason="ticket_expired")
    OneTimeTicket.objects.filter(expires_at__lte=act.at).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_onetimeticket (digest, used_at, expires_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (digest) DO NOTHING",
            [fingerprint(identity.ticket), act.at, identity.expires_at],
        )
        if cursor.rowcount == 0:
            raise Refusal("request.unauthenticated", reason="ticket_used")
