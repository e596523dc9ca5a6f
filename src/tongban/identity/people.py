"""Rows into values: persons, posts, actors. Private to the slice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from tongban.config import config
from tongban.journal.vault import sealer
from tongban.kernel.people import Actor, ActorKind, Post, Role

from .models import Person, StaffPost
from .rules.levels import level_of_session


def seal(person_id: UUID, field: str, value: str) -> bytes | None:
    """The value sealed to this row and field, or None for an empty one."""
    return sealer().seal(value, bound_to=f"person:{person_id}:{field}") if value else None


def unseal(person_id: UUID, field: str, sealed: bytes | memoryview | None) -> str:
    return str(sealer().open(bytes(sealed), bound_to=f"person:{person_id}:{field}")) if sealed else ""


def index(value: str) -> str | None:
    """The blind index of an identity number or a mobile number; None for an empty one."""
    return sealer().blind_index(value) if value else None


def in_force(day: date) -> Q:
    """Posts held on a day."""
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gt=day))


def post_of(row: StaffPost) -> Post:
    return Post(Role(row.role), row.region, row.authority, row.department, row.window)


def posts_of(rows: Iterable[StaffPost]) -> tuple[Post, ...]:
    return tuple(post_of(row) for row in rows)


def actor_of_row(row: Person, posts: tuple[Post, ...], *, level: int | None = None, client: str | None = None) -> Actor:
    """The actor a person is here. ``level``: what the present sign-in proved, if there is one."""
    return Actor(
        ActorKind(row.kind),
        issuer=row.issuer,
        subject=row.subject,
        node=config().node_id,
        posts=posts,
        level=row.level if level is None else level_of_session(level, row.level),
        client=client,
        name=unseal(row.id, "name", row.name),
    )
