"""Duties that return: asking the other nodes what they handle, forgetting old counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from . import keeping
from .summaries import ASK_SECONDS, ask_nodes


def prune() -> None:
    keeping.prune()


PERIODIC: Final[Mapping[str, tuple[float, Callable[[], None]]]] = {
    "guidance.ask_nodes": (ASK_SECONDS, ask_nodes),
    "guidance.prune": (86_400.0, prune),
}
