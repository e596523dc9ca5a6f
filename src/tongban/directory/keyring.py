"""This node's own signing keys as files: ``signing.key``, and further ones in the folder ``signing-keys``.

``signing-keys/in-use`` names the one that was chosen to sign. Which one signs is a rule (:mod:`.rules.keys`); here is
only what lies on the disk.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from tongban.config import Config, Misconfigured, write_private
from tongban_wire.keys import SigningKey

IN_USE: Final = "in-use"


def make(cfg: Config, suite: str = "") -> SigningKey:
    """A new key beside those there are, in a file that only its owner can read. It signs nothing yet."""
    key = SigningKey.generate(cfg.node_id, suite or cfg.suite)
    write_private(cfg.signing_keys_dir / f"{key.kid}.pem", key.to_pem().decode())
    return key


def own(cfg: Config) -> tuple[SigningKey, ...]:
    """All keys of this node, that of ``signing.key`` first. Raises ``Misconfigured`` if there is none at all."""
    files = [cfg.signing_key_file] if cfg.signing_key_file.exists() else []
    files += sorted(cfg.signing_keys_dir.glob("*.pem"))
    if not files:
        raise Misconfigured(f"{cfg.signing_key_file} is missing: run `tongban init`, or restore it")
    return tuple(SigningKey.from_pem(file.read_bytes(), cfg.node_id) for file in files)


def chosen(cfg: Config) -> str | None:
    """The id of the key that was chosen to sign, if one was."""
    try:
        return (cfg.signing_keys_dir / IN_USE).read_text().strip() or None
    except FileNotFoundError:
        return None


def choose(cfg: Config, kid: str) -> None:
    """Every process of this node signs with it from its next signature on."""
    replace_file(cfg.signing_keys_dir / IN_USE, kid.encode())


def seen(cfg: Config) -> tuple[int, int]:
    """Changes whenever a key, or the choice, changes: times of the file and of the folder."""
    return _changed(cfg.signing_key_file), _changed(cfg.signing_keys_dir)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def replace_file(path: Path, content: bytes) -> None:
    """Write or replace in one step: a reader sees the old or the new content, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(content)
    part.replace(path)
