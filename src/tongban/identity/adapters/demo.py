"""The demo's identity provider: invented people, chosen from a list, no proof asked.

It exists under the demo's trust root only (decision 20): a node whose pinned root is another key refuses to start with
it, whatever its configuration says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tongban.config import DEMO_ROOT_FINGERPRINT, Config
from tongban.identity.demo_people import ISSUER, DemoPerson, demo_people
from tongban.identity.ports import Choice, Identity
from tongban.identity.rules.tickets import new_ticket, open_ticket
from tongban.kernel.problems import Refusal


class DemoSignInRefused(RuntimeError):
    """The demo's sign-in may not run here. The text says why, for the operator."""


def refuse_foreign_root(*, demo: bool, root_fingerprint: str) -> None:
    """Raise :class:`DemoSignInRefused` unless this is a demo node pinned to the demo's published root key."""
    if not demo:
        raise DemoSignInRefused("demo sign-in needs TONGBAN_DEMO=1")
    if not root_fingerprint:
        raise DemoSignInRefused("demo sign-in needs a node enrolled under the demo's root key; no root is pinned")
    if root_fingerprint != DEMO_ROOT_FINGERPRINT:
        raise DemoSignInRefused("the trust root of this node is not the demo's: demo sign-in is refused")


def demo_sign_in(config: Config) -> DemoSignIn | None:
    """The provider for this node, for the composition root.

    None where the demo is off, or before enrolment (nobody can sign in then). A demo node under a foreign root does
    not start: :class:`DemoSignInRefused`.
    """
    if not config.demo or not config.pinned_root():
        return None
    return DemoSignIn.of(config, demo_people())


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """The port :class:`~tongban.identity.ports.SignIn` over the people of ``data/demo/people.yaml``."""

    people: Sequence[DemoPerson]
    key: bytes

    @classmethod
    def of(cls, config: Config, people: Sequence[DemoPerson]) -> DemoSignIn:
        """For this node; raises :class:`DemoSignInRefused` under any other trust root."""
        refuse_foreign_root(demo=config.demo, root_fingerprint=config.pinned_root())
        return cls(tuple(p for p in people if p.may_sign_in_at(config.node_id)), config.secret_key().encode())

    @property
    def issuer(self) -> str:
        return ISSUER

    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(p.subject, p.name, p.group, p.label, p.label_en) for p in self.people)

    def new_ticket(self, at: datetime) -> str:
        return new_ticket(self.key, at)

    def authenticate(self, data: Mapping[str, str], at: datetime) -> Identity:
        """``data``: ``person`` (subject) and ``ticket``. Refuses an unknown person, a forged or an old ticket."""
        ticket = data.get("ticket", "")
        ends = open_ticket(self.key, ticket, at)
        if ends is None:
            raise Refusal("request.unauthenticated", reason="ticket_expired")
        person = next((p for p in self.people if p.subject == data.get("person")), None)
        if person is None:
            raise Refusal("request.unauthenticated", reason="unknown_person")
        return person.identity(ticket, ends.astimezone(UTC))
