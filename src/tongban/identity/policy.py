"""Who may manage people, clients and tokens at this node."""

from __future__ import annotations

from tongban.kernel.people import Actor
from tongban.kernel.problems import Refusal


def refuse_managing(actor: Actor) -> Refusal | None:
    """Enrolling staff, assigning posts, registering clients: an operator of this node, or the node itself."""
    return None if actor.operates else Refusal("permission.denied")


def refuse_revoking(actor: Actor, holder_ref: str | None) -> Refusal | None:
    """A token may be revoked by whoever manages tokens and by the person it acts for."""
    if holder_ref is not None and actor.ref == holder_ref:
        return None
    return refuse_managing(actor)
