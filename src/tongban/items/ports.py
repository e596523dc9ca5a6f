"""Where the catalog releases of other nodes come from; what knows how near texts are in meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class SourceUnavailable(Exception):
    """The node gave no releases. ``code``: ``peer.unreachable``, ``peer.status``, ``peer.answer_unreadable``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class ReleaseSource(Protocol):
    def fetch(self, address: str, after: int) -> Sequence[str]:
        """The next signed releases of the node at ``address``, oldest first; empty if there are none. Raises
        :class:`SourceUnavailable`."""
        ...


class Meaning(Protocol):
    def nearness(self, query: str, texts: tuple[str, ...]) -> Sequence[float] | None:
        """The cosine of the query with each text, in their order; None while not ready (search goes on without)."""
        ...
