"""The kit's folder: its keys, the trust list that names it, and whom it tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tongban.config import write_private
from tongban_wire.conformance import Kit, entries, make, sunsets
from tongban_wire.enrolment import open_enrolment
from tongban_wire.keys import SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, TrustList, open_trust_list, seal_trust_list

KEYS = {
    "a": "kit-a", "a_new": "kit-a", "a_next": "kit-a", "a_old": "kit-a", "a_revoked": "kit-a", "b": "kit-b",
    "stranger": "kit-stranger",
}  # fmt: skip
LIST_VALID = timedelta(days=7)


def prepare(
    folder: Path, candidate: str, ear: str, *, enrolment: bytes = b"", signed_list: bytes = b"", root_key: bytes = b""
) -> Kit:
    """Make the kit for one candidate, and the list that the candidate has to adopt: ``trust-list.jws`` in the folder.

    From the candidate's ``enrolment`` file: a throw-away list of candidate and kit, under a root made here. From the
    ``signed_list`` of a test federation and its ``root_key``: the same list, one version on, with the kit added.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    root = SigningKey.from_pem(root_key, "root") if root_key else SigningKey.generate("root")
    keys = make()
    if signed_list:
        before = open_trust_list(signed_list.strip(), root.public.fingerprint)
        others = tuple(entry for entry in before.nodes if not entry.node.startswith("kit-"))
        version, ends = before.version + 1, {sunset.type: sunset for sunset in (*before.sunsets, *sunsets(now))}
    else:
        others, version, ends = (_entry(enrolment, now),), 1, {sunset.type: sunset for sunset in sunsets(now)}
    nodes = (*others, *entries(keys, ear, now))
    trust = TrustList(
        version=version, issued_at=now, expires_at=now + LIST_VALID, nodes=nodes, sunsets=tuple(ends.values())
    )
    if trust.node(candidate) is None:
        raise ValueError(f"node {candidate} is not on the list")
    folder.mkdir(parents=True, exist_ok=True)
    for name, key in keys.items():
        (folder / f"{name}.pem").unlink(missing_ok=True)
        write_private(folder / f"{name}.pem", key.to_pem().decode())
    (folder / "trust-list.jws").write_bytes(seal_trust_list(trust, root))
    (folder / "kit.json").write_text(json.dumps({"candidate": candidate, "root": root.public.fingerprint, "ear": ear}))
    return load(folder)


def load(folder: Path) -> Kit:
    """The kit as :func:`prepare` left it."""
    about = json.loads((folder / "kit.json").read_text())
    keys = {name: SigningKey.from_pem((folder / f"{name}.pem").read_bytes(), node) for name, node in KEYS.items()}
    trust = open_trust_list((folder / "trust-list.jws").read_bytes(), about["root"])
    return Kit(**keys, trust=trust, root=about["root"], candidate=about["candidate"])


def ear_of(folder: Path) -> str:
    """The address that the list gives for the kit."""
    return str(json.loads((folder / "kit.json").read_text())["ear"])


def _entry(enrolment: bytes, now: datetime) -> NodeEntry:
    asked = open_enrolment(enrolment)
    since, until = now - timedelta(days=1), now + timedelta(days=30)
    keys = tuple(KeyEntry(kid=k.kid, alg=k.alg, public=k.public, valid_from=since, valid_to=until) for k in asked.keys)
    return NodeEntry(node=asked.node, name=asked.name, address=asked.address, role="province", keys=keys,
                     may_say=("cn.tongban.*",))  # fmt: skip
