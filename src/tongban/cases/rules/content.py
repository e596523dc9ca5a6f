"""What a revision says, as one value: its digest, and the part of it that may leave for another node."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any


def digest(salt: bytes, content: Mapping[str, Any]) -> str:
    """``sha-256:<hex>`` over salt and canonical JSON. Salted, because identity numbers can be guessed."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return "sha-256:" + hashlib.sha256(salt + canonical).hexdigest()


def leaving(content: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The content with only the answers that the item version lets leave (least data, decision 14).

    Who applies always leaves: nobody can decide about somebody unknown.
    """
    answers = {name: value for name, value in content["answers"].items() if name in fields}
    return {**content, "answers": answers}
