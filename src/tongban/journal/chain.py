"""The arithmetic of the fact chain: pure functions over bytes.

A fact's header is canonical JSON (sorted keys, no spaces, UTF-8). Its digest covers the body by digest and the
personal part by salted digest, so that erasing the personal part never breaks the chain (decisions 3 and 14).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

NO_PREVIOUS = ""


def canonical(value: Any) -> bytes:
    """One JSON value, one byte string."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    return "sha-256:" + hashlib.sha256(data).hexdigest()


def personal_digest(salt: bytes, personal: Mapping[str, Any]) -> str:
    return digest(salt + canonical(personal))


def header(
    *,
    subject_type: str,
    subject_id: str,
    position: int,
    name: str,
    version: int,
    at: str,
    actor: str,
    body: Mapping[str, Any],
    personal: str | None,
    previous: str,
) -> bytes:
    """The bytes whose digest is the fact's digest. ``personal`` is the salted digest of the personal part."""
    return canonical(
        {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "position": position,
            "name": name,
            "version": version,
            "at": at,
            "actor": actor,
            "body_digest": digest(canonical(body)),
            "personal_digest": personal,
            "previous": previous,
        }
    )
