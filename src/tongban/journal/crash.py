"""Named points at which a test may kill this process, to show that nothing accepted is lost.

A point does nothing unless the environment variable ``TONGBAN_CRASH_AT`` names it (read once).
``TONGBAN_CRASH_AT=name:3`` lets the point pass twice and dies at the third passage.
"""

from __future__ import annotations

import os
from functools import cache

from tongban.config import variable

_passed: dict[str, int] = {}


@cache
def _target() -> tuple[str, int] | None:
    wanted = variable("TONGBAN_CRASH_AT")
    if not wanted:
        return None
    name, _, count = wanted.partition(":")
    return name, int(count or 1)


def point(name: str) -> None:
    """Die here, as by ``kill -9``, if a test asked for it."""
    target = _target()
    if target is None or target[0] != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] >= target[1]:
        os._exit(137)
