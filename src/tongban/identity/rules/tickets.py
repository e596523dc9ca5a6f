"""One-time sign-in tickets: signed by the node, short-lived, used once (standards §5: 单次 ticket，校验重放)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

LIFE: Final = timedelta(minutes=10)
"""Long enough to read a page of people without hurry; a provider's own assertion lives a minute."""


def new_ticket(key: bytes, at: datetime) -> str:
    """``<expiry, Unix seconds>.<nonce>.<mac>``."""
    body = f"{int((at + LIFE).timestamp())}.{secrets.token_urlsafe(16)}"
    return f"{body}.{_mac(key, body)}"


def open_ticket(key: bytes, ticket: str, at: datetime) -> datetime | None:
    """When the ticket ends, or None if it is forged, malformed or over."""
    body, _, mac = ticket.rpartition(".")
    if not body or not hmac.compare_digest(_mac(key, body).encode(), mac.encode()):
        return None
    ends = datetime.fromtimestamp(int(body.partition(".")[0]), UTC)
    return ends if at < ends else None


def fingerprint(ticket: str) -> str:
    """What is kept of a used ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def _mac(key: bytes, body: str) -> str:
    return hmac.new(key, b"tongban/ticket/" + body.encode(), hashlib.sha256).hexdigest()
