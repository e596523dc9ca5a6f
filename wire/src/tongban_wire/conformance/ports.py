"""What the kit needs from the world: a door to the candidate, and an ear where the candidate can reach the kit."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tongban_wire.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. ``status`` 0: none came. ``headers`` by lower-case name; ``seconds`` from first to last byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Door(Protocol):
    """The candidate's gate."""

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request; never raises."""


class Ear(Protocol):
    """The kit's own node: takes and receipts what the candidate sends to it, and hands out attachments."""

    def heard(self) -> Sequence[Envelope]:
        """Everything verified so far, in order of arrival."""

    def offer(self, content: bytes) -> str:
        """Hand out these bytes under their digest, which is returned."""

    def fetched(self, digest: str) -> Sequence[str]:
        """How it was asked for: "signed", or the problem code of the request's signature."""


def until(seconds: float, look: object) -> bool:
    """Call ``look`` until it returns something true; False after so many seconds."""
    assert callable(look)
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
