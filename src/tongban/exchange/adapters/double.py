"""A network in memory: nodes are functions, and a test can cut, lose, double or delay what passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tongban.exchange.ports import BlobPart, CarrierError

Gate = Callable[[Sequence[bytes]], Sequence[Mapping[str, Any]]]
"""What stands at an address: envelopes → one answer each."""

BlobGate = Callable[[str, str], tuple[str, bytes]]
"""(path, authorization) → (media type, bytes). Raises :class:`CarrierError`."""


@dataclass
class MemoryCarrier:
    """Carrier and fetcher over a dictionary of addresses.

    ``cut`` addresses are unreachable. ``lose_answers`` counts how many of the next batches arrive while their answers
    are lost. ``break_after`` cuts the next downloads after so many bytes.
    """

    gates: dict[str, Gate] = field(default_factory=dict)
    blob_gates: dict[str, BlobGate] = field(default_factory=dict)
    askable: dict[str, Callable[[str, str], Mapping[str, Any]]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    lose_answers: int = 0
    break_after: list[int] = field(default_factory=list)
    posts: list[tuple[str, int, str | None]] = field(default_factory=list)
    fetches: list[tuple[str, int]] = field(default_factory=list)

    def post(
        self, address: str, envelopes: Sequence[bytes], *, traceparent: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        self.posts.append((address, len(envelopes), traceparent))
        if address in self.cut or address not in self.gates:
            raise CarrierError("peer.unreachable", detail="cut")
        answers = self.gates[address](envelopes)
        if self.lose_answers > 0:
            self.lose_answers -= 1
            raise CarrierError("peer.timeout", detail="answer lost")
        return answers

    def get(self, address: str, path: str, *, authorization: str) -> Mapping[str, Any]:
        if address in self.cut or address not in self.askable:
            raise CarrierError("peer.unreachable", detail="cut")
        return self.askable[address](path, authorization)

    @contextmanager
    def fetch(self, address: str, path: str, *, authorization: str, offset: int) -> Iterator[BlobPart]:
        self.fetches.append((path, offset))
        if address in self.cut or address not in self.blob_gates:
            raise CarrierError("peer.unreachable", detail="cut")
        media_type, content = self.blob_gates[address](path, authorization)
        yield BlobPart(offset, len(content), media_type, self._chunks(content[offset:]))

    def _chunks(self, content: bytes) -> Iterator[bytes]:
        if self.break_after:
            yield content[: self.break_after.pop(0)]
            raise CarrierError("peer.unreachable", detail="broken off")
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]
