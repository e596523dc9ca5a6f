"""Duties that return: loose files that no filing named within a day are taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal

from . import actions, queries

log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=1)
"""How long a loose file waits for its filing; what the API promises."""


def take_back_abandoned() -> None:
    """Otherwise whoever sent :data:`actions.MOST_FILES` files in vain could never send another one."""
    for upload_id in queries.abandoned(clock.now() - KEPT):
        try:
            actions.take_back_loose(Act(system(config().node_id), clock.now()), upload_id)
        except Refusal as refusal:
            log.info("upload_not_abandoned", reason=refusal.code)


PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {
    "materials.take_back_abandoned": (3600.0, take_back_abandoned),
}
