"""What this slice asks of the outside: proof of who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tongban.kernel.people import ActorKind


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity provider asserts about a person, once.

    ``subject`` is the provider's own stable, meaningless name for the person. ``ticket`` is the one-time mark of this
    assertion (a nonce or ``jti``): it is consumed at sign-in and cannot be used again before ``expires_at``.
    """

    issuer: str
    subject: str
    kind: ActorKind  # applicant or staff
    level: int
    ticket: str
    expires_at: datetime
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody a provider offers to sign in as (the demo's list; real providers offer none)."""

    subject: str
    name: str
    group: str  # applicant, clerk, reviewer, supervisor, operator
    label: str  # Chinese, authoritative
    label_en: str


class SignIn(Protocol):
    """An identity provider. The demo's and, later, OpenID Connect's stand behind the same port."""

    @property
    def issuer(self) -> str: ...

    def choices(self) -> tuple[Choice, ...]:
        """People to choose from; empty when the provider has its own page."""
        ...

    def new_ticket(self, at: datetime) -> str:
        """The one-time ticket to be carried through the sign-in."""
        ...

    def authenticate(self, data: Mapping[str, str], at: datetime) -> Identity:
        """The asserted identity, or ``Refusal("request.unauthenticated")``."""
        ...
