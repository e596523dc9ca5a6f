"""What ``wiring`` plugs in: keys, carrier, fetcher, the inbound table and the hook for attachments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .ports import BlobFetcher, Carrier, Keys

Handler = Callable[[Any, Any], None]
"""(message, envelope) → None. Calls its own slice's actions; may be called twice for one message, so idempotent."""

BlobHook = Callable[[str], None]
"""(digest) → None, after the bytes are in place. May be called again for the same digest, so idempotent."""


class NotInstalled(RuntimeError):
    """Something of the exchange was used before ``wiring`` plugged it in."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The plugs of this process. ``threads`` is how many destinations are served at once; 0: in the caller's thread."""

    keys: Keys | None = None
    carrier: Carrier | None = None
    fetcher: BlobFetcher | None = None
    inbound: Mapping[str, Handler] = field(default_factory=dict)
    on_blob_arrived: BlobHook | None = None
    threads: int = 0


_installed = Installation()


def install(**plugs: Any) -> None:
    """Plug in what is named; the rest stays as it is."""
    global _installed
    _installed = replace(_installed, **plugs)


def installed() -> Installation:
    return _installed


def keys() -> Keys:
    if _installed.keys is None:
        raise NotInstalled("keys")
    return _installed.keys


def carrier() -> Carrier:
    if _installed.carrier is None:
        raise NotInstalled("carrier")
    return _installed.carrier


def fetcher() -> BlobFetcher:
    if _installed.fetcher is None:
        raise NotInstalled("fetcher")
    return _installed.fetcher
