"""Enrolment by file: a node asks, the directory grants, the node takes in the list. Files only; the commands call this.

1. The node writes a request, signed with its key: :func:`write_request`.
2. The two operators compare the fingerprint by another way, e.g. by telephone.
3. The directory grants powers and regions: :func:`grant`; the next list names the node.
4. The node pins the root's fingerprint and takes in the signed list: :func:`take_in`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tongban.config import Config, write_private
from tongban_wire.enrolment import Enrolment, open_enrolment, seal_enrolment
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.reading import read_dataclass, read_instant, to_json
from tongban_wire.strict import read_object, write_instant
from tongban_wire.trust import KeyEntry, NodeEntry, RegionPrefix, TrustList, open_trust_list

from .rules import KEY_VALID, PROVINCE_SAYS

GRANTS: Final = "enrolments"


def write_request(cfg: Config, at: datetime) -> Path:
    """``enrolment-<node>.json`` in the home. Makes the signing key if the node has none."""
    if not cfg.signing_key_file.exists():
        write_private(cfg.signing_key_file, SigningKey.generate(cfg.node_id).to_pem().decode())
    key = SigningKey.from_pem(cfg.signing_key_file.read_bytes(), cfg.node_id)
    path = cfg.home / f"enrolment-{cfg.node_id}.json"
    replace_file(path, seal_enrolment(cfg.node_id, cfg.node_name, cfg.base_url, [key], at))
    return path


def grant(
    cfg: Config,
    request: bytes,
    at: datetime,
    *,
    regions: Sequence[RegionPrefix],
    may_say: Sequence[str] | None = None,
) -> Enrolment:
    """At the directory: put the node among the granted. Raises ``WireProblem`` if the request does not hold.

    ``may_say`` left out: what a province says; nothing for the directory, which holds no cases (decision 19).
    """
    asked = open_enrolment(request)
    if may_say is None:
        may_say = () if asked.node == "00" else PROVINCE_SAYS
    document = {
        "request": json.loads(request),
        "regions": to_json(tuple(regions)),
        "may_say": list(may_say),
        "granted_at": write_instant(at),
    }
    entry_of(json.dumps(document).encode())  # what cannot be read back is not written
    path = cfg.home / GRANTS / f"{asked.node}.json"
    replace_file(path, json.dumps(document, ensure_ascii=False, indent=1).encode())
    return asked


def granted(cfg: Config) -> tuple[NodeEntry, ...]:
    """The entries of all enrolled nodes, from the files in ``<home>/enrolments``."""
    folder = cfg.home / GRANTS
    return tuple(entry_of(file.read_bytes()) for file in sorted(folder.glob("*.json"))) if folder.is_dir() else ()


def entry_of(raw: bytes) -> NodeEntry:
    """A grant file as an entry of the list. Raises ``WireProblem``."""
    document = read_object(raw, "enrolment.malformed")
    asked = open_enrolment(json.dumps(document.get("request")).encode())
    start = read_instant(document.get("granted_at"), "granted_at")
    keys = tuple(
        KeyEntry(kid=k.kid, alg=k.alg, public=k.public, valid_from=start, valid_to=start + KEY_VALID)
        for k in asked.keys
    )
    entry: dict[str, Any] = {
        "node": asked.node,
        "name": asked.name,
        "address": asked.address,
        "role": "directory" if asked.node == "00" else "province",
        "keys": to_json(keys),
        "may_say": document.get("may_say"),
        "regions": document.get("regions"),
    }
    return read_dataclass(NodeEntry, entry)


def make_root(cfg: Config) -> SigningKey:
    """At a new directory: make and pin the root key, unless there is one. Guard the file: it is the whole trust."""
    if not cfg.root_signing_key_file.exists():
        write_private(cfg.root_signing_key_file, SigningKey.generate("root").to_pem().decode())
    root = root_key(cfg)
    if not cfg.root_fingerprint_file.exists():
        replace_file(cfg.root_fingerprint_file, root.public.fingerprint.encode())
    return root


def root_key(cfg: Config) -> SigningKey:
    """The root key; only the directory has its file. Raises FileNotFoundError."""
    return SigningKey.from_pem(cfg.root_signing_key_file.read_bytes(), "root")


def take_in(cfg: Config, signed: bytes, fingerprint: str, at: datetime) -> TrustList:
    """At the new node: pin the root and keep the list. Another root than the one pinned is refused."""
    pinned = cfg.pinned_root()
    if pinned and pinned != fingerprint:
        raise WireProblem("trust.wrong_root", "another root is pinned here", whose="receiver")
    trust = open_trust_list(signed.strip(), fingerprint, at=at)
    replace_file(cfg.trust_list_file, signed.strip())
    replace_file(cfg.root_fingerprint_file, fingerprint.encode())
    return trust


def replace_file(path: Path, content: bytes) -> None:
    """Write or replace in one step: a reader sees the old or the new content, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(content)
    part.replace(path)
