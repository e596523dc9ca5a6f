"""What delivery needs from outside: keys and trust, a way to carry bytes, a way to fetch attachments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tongban_wire.keys import SigningKey
from tongban_wire.trust import TrustList


class CarrierError(Exception):
    """The bytes did not get across. ``permanent`` says whether trying again can help.

    ``code`` is one of ``peer.unreachable``, ``peer.timeout``, ``peer.answer_unreadable``, ``peer.status``,
    ``peer.address_refused``, ``blob.not_found``, ``blob.refused``; ``detail`` is for operators and holds no content.
    """

    def __init__(self, code: str, *, permanent: bool = False, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.permanent = permanent
        self.detail = detail


class Keys(Protocol):
    """Who we are and whom we trust. ``tongban.directory.queries`` has this shape."""

    def trust(self) -> TrustList: ...

    def trust_then(self, at: datetime) -> TrustList:
        """The list this node believed at ``at``."""
        ...

    def my_key(self) -> SigningKey: ...


class Carrier(Protocol):
    """Carries a batch of sealed envelopes to one node, and asks it things."""

    def get(self, address: str, path: str, *, authorization: str) -> Mapping[str, Any]:
        """The JSON object at ``path`` (with its query), by a signed request. Raises :class:`CarrierError`."""
        ...

    def post(
        self, address: str, envelopes: Sequence[bytes], *, traceparent: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """One answer per envelope, in order: ``{"receipt": …}`` or ``{"problem": {"code", "whose"}}``.

        Raises :class:`CarrierError` when the batch as a whole was not answered; then any of it may have arrived.
        """
        ...


@dataclass(frozen=True, slots=True)
class BlobPart:
    """An answer to a request for a blob from ``offset`` on. ``total`` is the whole length in bytes."""

    offset: int
    total: int
    media_type: str
    chunks: Iterator[bytes]


class BlobFetcher(Protocol):
    """Fetches the bytes of an attachment from the node that named it."""

    def fetch(
        self, address: str, path: str, *, authorization: str, offset: int
    ) -> AbstractContextManager[BlobPart]:
        """The rest of the blob from ``offset`` (the peer may start again at 0). Raises :class:`CarrierError`."""
        ...
