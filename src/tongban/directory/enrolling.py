"""Enrolment by file: a node asks, the directory grants, the node takes in the list. Files only; the commands call this.

1. The node writes a request, signed with its key: :func:`write_request`.
2. The two operators compare the fingerprint by another way, e.g. by telephone.
3. The directory grants powers and regions: :func:`grant`; the next list names the node.
4. The node pins the root's fingerprint and takes in the signed list: :func:`take_in`.
Other keys later, without comparing fingerprints again: :func:`adopt_keys`, :func:`revoke_key`; see :mod:`keyring`.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tongban.config import Config, write_private
from tongban.kernel.problems import Refusal
from tongban_wire.enrolment import Enrolment, open_enrolment, seal_enrolment
from tongban_wire.keys import PublicKey, SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.reading import read_dataclass, read_instant, to_json
from tongban_wire.strict import read_object, write_instant
from tongban_wire.trust import KeyEntry, NodeEntry, RegionPrefix, Sunset, TrustList, open_trust_list

from . import keyring
from .rules import PROVINCE_SAYS
from .rules.keys import may_ask, plan_keys, revoke

GRANTS: Final = "enrolments"
SUNSETS: Final = "sunsets.json"


def write_request(cfg: Config, at: datetime) -> Path:
    """``enrolment-<node>.json`` in the home. Makes the signing key if the node has none."""
    if not cfg.signing_key_file.exists():
        write_private(cfg.signing_key_file, SigningKey.generate(cfg.node_id, cfg.suite).to_pem().decode())
    return write_request_for(cfg, [SigningKey.from_pem(cfg.signing_key_file.read_bytes(), cfg.node_id)], at)


def write_request_for(cfg: Config, keys: Sequence[SigningKey], at: datetime) -> Path:
    """The same file, asking for exactly these keys; each of them signs it."""
    path = cfg.home / f"enrolment-{cfg.node_id}.json"
    keyring.replace_file(path, seal_enrolment(cfg.node_id, cfg.node_name, cfg.base_url, keys, at))
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
    file = _grant_file(cfg, asked.node)
    with _alone(cfg):
        listed = entry_of(file.read_bytes()).keys if file.exists() else ()
        document = {
            "request": json.loads(request),
            "regions": to_json(tuple(regions)),
            "may_say": list(may_say),
            "granted_at": write_instant(at),
            "keys": to_json(plan_keys(listed, asked.keys, at)),
        }
        _keep(file, document)
    return asked


def adopt_keys(cfg: Config, request: bytes, at: datetime, *, valid_from: datetime | None = None) -> NodeEntry:
    """At the directory: a granted node asks for other keys (or a new address), signed with one that is valid now.

    Powers and regions stay. Returns the entry of the next list. Raises ``WireProblem``, or ``Refusal`` with
    ``state.key_refused`` (see :mod:`.rules.keys`).
    """
    asked = open_enrolment(request)
    with _alone(cfg):
        document = _granted(cfg, asked.node)
        listed = entry_of(json.dumps(document).encode()).keys
        last = open_enrolment(json.dumps(document["request"]).encode())
        may_ask(listed, {key.kid for key in asked.keys}, asked.asked_at, last.asked_at, at)
        keys = plan_keys(listed, asked.keys, at, valid_from=valid_from)
        return _keep(_grant_file(cfg, asked.node), {**document, "request": json.loads(request), "keys": to_json(keys)})


def revoke_key(cfg: Config, kid: str, since: datetime) -> NodeEntry:
    """At the directory: what ``kid`` signs counts only if it arrived before ``since``. Returns the entry to come."""
    node = kid.rpartition(".")[0]
    with _alone(cfg):
        document = _granted(cfg, node)
        keys = revoke(entry_of(json.dumps(document).encode()).keys, kid, since)
        return _keep(_grant_file(cfg, node), {**document, "keys": to_json(keys)})


@contextmanager
def _alone(cfg: Config) -> Iterator[None]:
    """One change of the granted nodes at a time: a request taken in must not write back a key revoked meanwhile."""
    folder = cfg.home / GRANTS
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _grant_file(cfg: Config, node: str) -> Path:
    return cfg.home / GRANTS / f"{node}.json"


def _granted(cfg: Config, node: str) -> dict[str, Any]:
    file = _grant_file(cfg, node)
    if not file.exists():
        raise Refusal("state.key_refused", reason="not_enrolled", kid=node)
    document = read_object(file.read_bytes(), "enrolment.malformed")
    return {**document, "keys": to_json(entry_of(file.read_bytes()).keys)}


def _keep(file: Path, document: dict[str, Any]) -> NodeEntry:
    entry = entry_of(json.dumps(document).encode())  # what cannot be read back is not written
    keyring.replace_file(file, json.dumps(document, ensure_ascii=False, indent=1).encode())
    return entry


def granted(cfg: Config) -> tuple[NodeEntry, ...]:
    """The entries of all enrolled nodes, from the files in ``<home>/enrolments``."""
    folder = cfg.home / GRANTS
    return tuple(entry_of(file.read_bytes()) for file in sorted(folder.glob("*.json"))) if folder.is_dir() else ()


def entry_of(raw: bytes) -> NodeEntry:
    """A grant file as an entry of the list. Raises ``WireProblem``."""
    document = read_object(raw, "enrolment.malformed")
    asked = open_enrolment(json.dumps(document.get("request")).encode())
    entry: dict[str, Any] = {
        "node": asked.node,
        "name": asked.name,
        "address": asked.address,
        "role": "directory" if asked.node == "00" else "province",
        "keys": document.get("keys") or to_json(_first_keys(document, asked.keys)),
        "may_say": document.get("may_say"),
        "regions": document.get("regions"),
    }
    found = read_dataclass(NodeEntry, entry)
    if not {key.kid for key in asked.keys} <= {key.kid for key in found.keys}:
        raise WireProblem("enrolment.malformed", "a key that was asked for is not among the keys")
    return found


def _first_keys(document: dict[str, Any], asked: Iterable[PublicKey]) -> tuple[KeyEntry, ...]:
    """Of a grant without a list of keys: those of its request."""
    return plan_keys((), tuple(asked), read_instant(document.get("granted_at"), "granted_at"))


def sunsets(cfg: Config) -> tuple[Sunset, ...]:
    """At the directory: the last days of message types that its lists announce, from ``sunsets.json`` in the home."""
    file = cfg.home / SUNSETS
    if not file.exists():
        return ()
    found = read_object(file.read_bytes(), "trust.malformed").get("sunsets")
    return tuple(read_dataclass(Sunset, each) for each in found) if isinstance(found, list) else ()


def keep_sunsets(cfg: Config, announced: Sequence[Sunset]) -> None:
    """Raises ``WireProblem`` for what is no message type."""
    document = to_json(tuple(announced))
    for each in document:
        read_dataclass(Sunset, each)
    keyring.replace_file(cfg.home / SUNSETS, json.dumps({"sunsets": document}).encode())


def make_root(cfg: Config) -> SigningKey:
    """At a new directory: make and pin the root key, unless there is one. Guard the file: it is the whole trust."""
    if not cfg.root_signing_key_file.exists():
        write_private(cfg.root_signing_key_file, SigningKey.generate("root", cfg.suite).to_pem().decode())
    root = root_key(cfg)
    if not cfg.root_fingerprint_file.exists():
        keyring.replace_file(cfg.root_fingerprint_file, root.public.fingerprint.encode())
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
    keyring.replace_file(cfg.trust_list_file, signed.strip())
    keyring.replace_file(cfg.root_fingerprint_file, fingerprint.encode())
    return trust
