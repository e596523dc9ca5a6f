"""Files that are always whole, and a digest of many."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Write or replace a file in one step; a reader sees the old or the new content, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(content)
    part.replace(path)


def digest_of(paths: Iterable[Path]) -> str:
    """A digest of names and contents, to notice that something changed."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:24]
