"""Where newer trust lists come from."""

from __future__ import annotations

from typing import Protocol


class SourceUnavailable(Exception):
    """The directory gave no list. ``code`` is ``peer.unreachable``, ``peer.status`` or ``peer.answer_unreadable``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ListSource(Protocol):
    def fetch(self, address: str) -> bytes:
        """The signed list that the directory at ``address`` publishes. Raises :class:`SourceUnavailable`."""
        ...
