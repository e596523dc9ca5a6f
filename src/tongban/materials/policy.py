"""Who may add and remove files in whose matter: the person, and the window for the person who stands there."""

from __future__ import annotations

from tongban.kernel.people import Actor, ActorKind, Role
from tongban.kernel.problems import Refusal


def refuse_changing(actor: Actor, owner_ref: str) -> Refusal | None:
    """None when ``actor`` may add or remove files of ``owner_ref``."""
    if actor.kind == ActorKind.SYSTEM or actor.ref == owner_ref:
        return None
    if actor.kind == ActorKind.STAFF and actor.holds(Role.CLERK):
        return None
    return Refusal("permission.denied")
