"""``Idempotency-Key``: a create that is sent twice happens once (IETF draft-ietf-httpapi-idempotency-key-header-07).

The key is kept in the very transaction that creates, so no crash separates the two: both are there or neither is.
Scope: the registered client. Same key and same request → the same answer again, marked ``Idempotent-Replayed: true``;
same key and another request → 422; the first one still running → 409.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.http import HttpRequest

from tongban.api.models import Answer
from tongban.journal import prepared
from tongban.kernel.problems import Refusal

_KEY: Final = re.compile(r"^[\x21-\x7e]{1,200}$")
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Key:
    """One client's key with the fingerprint of the request it came with."""

    client: str
    key: str
    fingerprint: str


def key_of(request: HttpRequest, client: str, actor_ref: str, body: Any) -> Key:
    """The key of this request, or the refusal that it is missing or misspelt.

    ``body`` is the decoded request: the order of its keys and its white space do not change the fingerprint; whom the
    client acts for does.
    """
    header = request.headers.get("Idempotency-Key", "").strip()
    if not header:
        raise Refusal("request.idempotency_key_missing")
    if len(header) > 1 and header[0] == header[-1] == '"':  # the draft writes it as a structured string
        header = header[1:-1]
    if not _KEY.fullmatch(header):
        raise Refusal("request.malformed", reason="bad_key")
    signed = _ENCODER.encode([request.method, request.path, actor_ref, body])
    return Key(client, header, hashlib.sha256(signed).hexdigest())


class KeyTaken(Exception):
    """Raised inside the creating transaction: this key has been answered already, or is being answered right now."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer given before."""

    status: int
    location: str
    body: str


_KEEP: Final = """
INSERT INTO api_answer (client, key, fingerprint, status, location, body)
SELECT %(client)s::text, %(key)s::text, %(fingerprint)s, %(status)s::smallint, %(location)s, %(body)s
WHERE pg_try_advisory_xact_lock(hashtextextended(%(client)s::text || E'\\n' || %(key)s::text, 77))
ON CONFLICT (client, key) DO NOTHING
RETURNING 1
"""


def keep(key: Key, *, status: int, location: str, body: str) -> None:
    """Store the answer in the running transaction, or raise :class:`KeyTaken` so that it is undone.

    The advisory lock lives as long as the transaction: a second request with the same key does not wait for the first
    one, and a killed process leaves nothing behind.
    """
    with prepared.cursor() as cursor:
        cursor.execute(_KEEP, {"client": key.client, "key": key.key, "fingerprint": key.fingerprint,
                               "status": status, "location": location, "body": body})
        if cursor.fetchone() is None:
            raise KeyTaken


def answered(key: Key) -> Stored | None:
    """The answer given to this key, None if there is none yet; a refusal if it was given to another request."""
    row = Answer.objects.filter(client=key.client, key=key.key).first()
    if row is None:
        return None
    if row.fingerprint != key.fingerprint:
        raise Refusal("request.idempotency_key_reused")
    return Stored(row.status, row.location, row.body)


def once(key: Key, create: Callable[[], Stored]) -> tuple[Stored, bool]:
    """The answer to this key and whether it was given before.

    ``create`` does the work in one transaction that calls :func:`keep`. Its refusals are not stored: the same key may
    be used again with a corrected request. Nothing is looked up before the work, so the usual case costs one insert.
    """
    try:
        return create(), False
    except KeyTaken:
        stored = answered(key)
        if stored is None:
            raise Refusal("request.idempotency_in_progress") from None
        return stored, True
    except Refusal:
        stored = answered(key)
        if stored is None:
            raise
        return stored, True
