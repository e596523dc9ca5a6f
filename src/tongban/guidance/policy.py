"""Who may answer readers' reports."""

from __future__ import annotations

from tongban.kernel.people import Actor, Role
from tongban.kernel.problems import Refusal


def must_manage_items(actor: Actor) -> None:
    """Refusal ``permission.denied`` for anybody but an item manager."""
    if not actor.holds(Role.ITEM_MANAGER):
        raise Refusal("permission.denied")
