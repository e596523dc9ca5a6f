"""The demo's identity provider: invented people, chosen from a list, no proof asked.

It exists under the demo's trust root only (decision 20): a node whose pinned root is another key refuses to start with
it, whatever its configuration says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tongban.config import Config
from tongban.identity.demo_people import ISSUER, DemoPerson
from tongban.identity.ports import Choice, Identity
from tongban.identity.rules.tickets import new_ticket, open_ticket
from tongban.kernel.problems import Refusal


class DemoSignInRefused(RuntimeError):
    """The demo's sign-in may not run here. The text says why, for the operator."""


def refuse_foreign_root(*, demo: bool, root_fingerprint: str, demo_root_fingerprint: str) -> None:
    """Raise :class:`DemoSignInRefused` unless this is a demo node pinned to the demo's own root key."""
    if not demo:
        raise DemoSignInRefused("demo sign-in needs TONGBAN_DEMO=1")
    if not root_fingerprint or not demo_root_fingerprint:
        raise DemoSignInRefused("demo sign-in needs the root key that `tongban demo` made; none is pinned or marked")
    if root_fingerprint != demo_root_fingerprint:
        raise DemoSignInRefused("the trust root of this node is not the demo's: demo sign-in is refused")


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """The port :class:`~tongban.identity.ports.SignIn` over the people of ``data/demo/people.yaml``."""

    people: Sequence[DemoPerson]
    key: bytes

    @classmethod
    def of(cls, config: Config, people: Sequence[DemoPerson], demo_root_fingerprint: str) -> DemoSignIn:
        """For this node; raises :class:`DemoSignInRefused` under any other trust root."""
        refuse_foreign_root(
            demo=config.demo, root_fingerprint=config.pinned_root(), demo_root_fingerprint=demo_root_fingerprint
        )
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
