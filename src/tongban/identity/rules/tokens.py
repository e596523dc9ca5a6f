"""What an API token looks like and what it opens. A token is ``tb_<id>_<secret>``; only the secret's digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tongban.kernel.problems import Refusal

LONGEST_LIFE: Final = timedelta(days=366)
_TOKEN: Final = re.compile(r"^tb_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$")
_ID_SIGNS: Final = "abcdefghijkmnpqrstuvwxyz23456789"


class Scope(StrEnum):
    """What a token may be used for: ``noun:verb``."""

    FILINGS_READ = "filings:read"
    FILINGS_WRITE = "filings:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it leaves the node: once, to its holder. ``text`` is never stored."""

    id: str
    text: str = field(repr=False)
    digest: str


def new_token() -> NewToken:
    """256 random bits behind a public id of twelve signs."""
    token_id = "".join(secrets.choice(_ID_SIGNS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    return NewToken(token_id, f"tb_{token_id}_{secret}", digest_of(secret))


def parse_token(text: str) -> tuple[str, str] | None:
    """``(id, digest of the secret)``, or None if the text is no token at all."""
    match = _TOKEN.fullmatch(text)
    return (match[1], digest_of(match[2])) if match else None


def digest_of(secret: str) -> str:
    """SHA-256 in hex. No salt and no stretching: the secret is 256 random bits, not a password."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same_digest(left: str, right: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def token_of_header(header: str) -> str:
    """The token of an ``Authorization: Bearer …`` header, or a refusal ``request.unauthenticated``."""
    scheme, _, text = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(text.strip()):
        raise Refusal("request.unauthenticated")
    return text.strip()


def checked_scopes(names: Iterable[str]) -> tuple[str, ...]:
    """The scopes in one order, without doubles; refuses an unknown or an empty set."""
    wanted = set(names)
    unknown = sorted(wanted - {str(s) for s in Scope})
    if unknown or not wanted:
        raise Refusal("request.invalid", fields={"scopes": "unknown" if unknown else "missing"}, unknown=unknown)
    return tuple(sorted(wanted))


def checked_expiry(at: datetime, expires_at: datetime) -> datetime:
    """A token lives at most :data:`LONGEST_LIFE` and ends in the future."""
    if not at < expires_at <= at + LONGEST_LIFE:
        raise Refusal("request.invalid", fields={"expires_at": "out_of_range"}, longest_days=LONGEST_LIFE.days)
    return expires_at


def is_usable(at: datetime, expires_at: datetime, revoked_at: datetime | None) -> bool:
    return at < expires_at and (revoked_at is None or at < revoked_at)
