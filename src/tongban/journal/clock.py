"""The present, as this node sees it (decision 13). Tests and simulations move it."""

from __future__ import annotations

from datetime import datetime, timedelta

from tongban.config import config
from tongban.kernel.time import OffsetClock

_clock: OffsetClock | None = None


def _the_clock() -> OffsetClock:
    global _clock
    if _clock is None:
        _clock = OffsetClock(timedelta(seconds=config().clock_offset_seconds))
    return _clock


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _the_clock().now()


def set_offset(offset: timedelta) -> None:
    """Move this process's clock; for tests and simulations."""
    _the_clock().offset = offset
