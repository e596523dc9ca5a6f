"""Who may act in whose matter (thin: own matters, and the window by proxy; delegation comes later, R-175)."""

from __future__ import annotations

from tongban.kernel.people import Actor, ActorKind, Role
from tongban.kernel.problems import Refusal


def is_person_ref(ref: str) -> bool:
    """``kind:issuer:subject`` of a natural person, as :attr:`Actor.ref` writes it."""
    kind, _, rest = ref.partition(":")
    issuer, _, subject = rest.partition(":")
    return kind in (ActorKind.APPLICANT, ActorKind.STAFF) and bool(issuer) and bool(subject)


def refuse_acting_for(actor: Actor, owner_ref: str) -> Refusal | None:
    """None when ``actor`` may act in the matter of ``owner_ref``.

    A person acts for themselves; a clerk at a window acts for the person who stands there (异地代收代办); this
    node's own recorded rules act for anyone. A client acts only through the person its token names, and then it *is*
    that person with ``client`` set (decision 16). A reviewer, an operator, another applicant: no.
    """
    if actor.kind == ActorKind.SYSTEM or (owner_ref and actor.ref == owner_ref):
        return None
    if actor.kind == ActorKind.STAFF and actor.holds(Role.CLERK):
        return None
    return Refusal("permission.denied")
