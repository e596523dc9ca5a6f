"""Is somebody there just now? A look at each peer's door while a page is open: nothing is said, nothing noted."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

PATIENCE: Final = 1.0
"""Seconds a door may take to open."""
AT_ONCE: Final = 32


def knock(addresses: Mapping[str, str], *, patience: float = PATIENCE) -> dict[str, bool]:
    """Node → does its address (``https://host:port``) take a connection now. All are tried at the same time."""
    if not addresses:
        return {}
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(addresses))) as tries:
        opened = tries.map(lambda address: _opens(address, patience), addresses.values())
        return dict(zip(addresses, opened, strict=True))


def _opens(address: str, patience: float) -> bool:
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=patience):
            return True
    except (OSError, ValueError):
        return False
