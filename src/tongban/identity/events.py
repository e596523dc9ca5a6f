"""What happens to people, posts and tokens. References only; names and numbers stay in the sealed row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tongban.kernel.events import Event
from tongban.kernel.people import Post


@dataclass(frozen=True, kw_only=True)
class PersonEnrolled(Event):
    """A person became known to this node, or better known, by an identity provider's word."""

    name: ClassVar[str] = "identity.person_enrolled"
    subject_type: ClassVar[str] = "person"
    issuer: str
    subject: str
    kind: str
    level: int


@dataclass(frozen=True, kw_only=True)
class PersonSignedIn(Event):
    """A person signed in, with what strength of proof."""

    name: ClassVar[str] = "identity.person_signed_in"
    subject_type: ClassVar[str] = "person"
    issuer: str
    level: int


@dataclass(frozen=True, kw_only=True)
class PersonSignedOut(Event):
    """A person ended their session."""

    name: ClassVar[str] = "identity.person_signed_out"
    subject_type: ClassVar[str] = "person"


@dataclass(frozen=True, kw_only=True)
class PostsAssigned(Event):
    """The posts a member of staff holds from now on (the whole set)."""

    name: ClassVar[str] = "identity.posts_assigned"
    subject_type: ClassVar[str] = "person"
    posts: tuple[Post, ...]


@dataclass(frozen=True, kw_only=True)
class ClientRegistered(Event):
    """Another system may ask for tokens."""

    name: ClassVar[str] = "identity.client_registered"
    subject_type: ClassVar[str] = "client"
    label: str


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """A client got a token, for itself or for a person."""

    name: ClassVar[str] = "identity.token_issued"
    subject_type: ClassVar[str] = "client"
    token_id: str
    scopes: tuple[str, ...]
    person_id: UUID | None
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A token stopped being accepted."""

    name: ClassVar[str] = "identity.token_revoked"
    subject_type: ClassVar[str] = "client"
    token_id: str
