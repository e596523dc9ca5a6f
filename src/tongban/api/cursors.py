"""Page cursors: opaque to the caller, signed by us, bound to the list they belong to."""

from __future__ import annotations

from django.core import signing

from tongban.kernel.problems import Refusal


def seal(listing: str, position: str | None) -> str | None:
    """The cursor of the page that starts after ``position``; None at the end."""
    return None if position is None else signing.Signer(salt=f"cursor/{listing}").sign_object(position)


def open_cursor(listing: str, cursor: str | None) -> str | None:
    """The position inside a cursor. A cursor of another list, node or making is refused."""
    if cursor is None:
        return None
    try:
        return str(signing.Signer(salt=f"cursor/{listing}").unsign_object(cursor))
    except Exception:
        raise Refusal("request.malformed", reason="bad_cursor") from None
