"""The node's sealer: one key file, read once, never in the database."""

from __future__ import annotations

from functools import cache

from tongban.config import config
from tongban.kernel.sealing import Sealer


@cache
def sealer() -> Sealer:
    """The sealer under this node's key file."""
    return Sealer(config().sealing_key())
