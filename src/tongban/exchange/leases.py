"""The leases of the exchange: one courier a destination. Streams need none, their row lock ends with the commit."""

from __future__ import annotations

from typing import Final

from tongban.journal import leases
from tongban.journal.leases import holder

__all__ = ["free_the_dead", "holder"]

_TABLES: Final = ("exchange_destination",)


def free_the_dead() -> int:
    """Release what dead processes of this host held; returns how many."""
    return leases.free_the_dead(_TABLES)
