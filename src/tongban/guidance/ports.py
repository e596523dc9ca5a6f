"""Asking another node what it handles."""

from __future__ import annotations

from typing import Protocol


class SummaryUnavailable(Exception):
    """None came. ``code``: ``peer.unreachable``, ``peer.status``, ``peer.answer_unreadable``, ``peer.address``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SummarySource(Protocol):
    def fetch(self, address: str) -> bytes:
        """The public coverage summary of the node at ``address``. Raises :class:`SummaryUnavailable`."""
        ...
