"""``Idempotency-Key``: a create that is sent twice happens once (IETF draft-ietf-httpapi-idempotency-key-header-07).

The key is kept in the very transaction that creates, so no crash can separate the two: either both are there or neither.
Scope: the registered client. Same key and same request → the same answer again, marked ``Idempotent-Replayed: true``;
same key and another request → 422; the first one still running → 409.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.http import HttpRequest

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
