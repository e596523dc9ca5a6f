"""Where a page of a list ended: two sort values, opaque to whoever carries them."""

from __future__ import annotations

import base64
import binascii

from tongban.kernel.problems import Refusal


def write(*values: str) -> str:
    return base64.urlsafe_b64encode("|".join(values).encode()).decode().rstrip("=")


def read(cursor: str, count: int) -> tuple[str, ...]:
    """The values; refuses request.malformed."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal("request.malformed", fields={"cursor": "format"}) from None
    values = tuple(text.split("|"))
    if len(values) != count or not all(values):
        raise Refusal("request.malformed", fields={"cursor": "format"})
    return values
