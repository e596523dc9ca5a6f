"""The four nodes of the demo, their keys and the trust list that names them.

The demo's root key is made from a published seed, so it protects nothing: what is pinned to it talks over loopback only
and may offer the demo's sign-in (decision 20). Everybody else makes a root of their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from tongban.config import Config, make_local_keys, write_private
from tongban.ops.files import replace_file
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.trust import KeyEntry, NodeEntry, RegionPrefix, TrustList, open_trust_list, seal_trust_list

SEED: Final = hashlib.sha256(b"tongban demo root, worthless outside a demo").digest()
PROVINCE_SAYS: Final = ("cn.tongban.filing.*", "cn.tongban.case.*", "cn.tongban.part.*")
LIST_VALID: Final = timedelta(days=30)
KEY_VALID: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class DemoNode:
    """A node of the demo: its name in the trust list, its looks, the regions it answers for."""

    node: str
    name: str
    brand_name: str
    brand_app: str
    color: str
    prefixes: tuple[str, ...] = ()


NODES: Final = (
    DemoNode("00", "国家政务服务平台", "国家政务服务平台“跨省通办”专区", "国家平台", "#0b4ea2"),
    DemoNode("63", "青海省", "青海政务服务网", "青松办", "#0a6b52", ("63",)),
    DemoNode("44", "广东省", "广东政务服务网", "粤省事", "#0b57a4", ("44",)),
    DemoNode("14", "山西省", "山西政务服务网", "三晋通", "#8a3b12", ("14",)),
)


def demo_root() -> SigningKey:
    """The demo's root key."""
    return SigningKey.from_seed(SEED, "00")


def make_keys(cfg: Config) -> SigningKey:
    """Make whatever of the node's keys is missing; returns its signing key."""
    make_local_keys(cfg)
    if not cfg.signing_key_file.exists():
        write_private(cfg.signing_key_file, SigningKey.generate(cfg.node_id).to_pem().decode())
    return SigningKey.from_pem(cfg.signing_key_file.read_bytes(), cfg.node_id)


def enrol(configs: list[Config], at: datetime | None = None) -> TrustList:
    """Make the keys of all nodes and hand every one the signed list and the pinned root.

    The list is kept while it names these keys and addresses and is at most half used up; else its version rises.
    """
    now = (at or datetime.now(UTC)).replace(microsecond=0)
    root = demo_root()
    entries = tuple(_entry(cfg, make_keys(cfg), now) for cfg in configs)
    old = _known(configs[0].trust_list_file, root)
    kept = old is not None and _same(old.nodes, entries) and now < old.issued_at + LIST_VALID / 2
    trust = old if old is not None and kept else TrustList(
        version=old.version + 1 if old else 1, issued_at=now, expires_at=now + LIST_VALID, nodes=entries
    )
    raw = configs[0].trust_list_file.read_bytes() if kept else seal_trust_list(trust, root)
    for cfg in configs:
        replace_file(cfg.trust_list_file, raw)
        replace_file(cfg.root_fingerprint_file, root.public.fingerprint.encode())
        if cfg.is_directory:
            write_private(cfg.root_signing_key_file, root.to_pem().decode())
    return trust


def _entry(cfg: Config, key: SigningKey, now: datetime) -> NodeEntry:
    plan = next(node for node in NODES if node.node == cfg.node_id)
    public = key.public
    return NodeEntry(
        node=cfg.node_id,
        name=cfg.node_name,
        address=cfg.base_url,
        role="directory" if cfg.is_directory else "province",
        keys=(KeyEntry(kid=public.kid, alg=public.alg, public=public.public, valid_from=now - timedelta(days=1),
                       valid_to=now + KEY_VALID),),
        may_say=() if cfg.is_directory else PROVINCE_SAYS,
        regions=tuple(RegionPrefix(prefix=prefix, from_on=date(2020, 1, 1)) for prefix in plan.prefixes),
    )


def _known(file: Path, root: SigningKey) -> TrustList | None:
    try:
        return open_trust_list(file.read_bytes(), root.public.fingerprint)
    except (FileNotFoundError, WireProblem):
        return None


def _same(one: tuple[NodeEntry, ...], other: tuple[NodeEntry, ...]) -> bool:
    def essence(entries: tuple[NodeEntry, ...]) -> list[object]:
        return [(e.node, e.name, e.address, e.may_say, e.regions, [k.public for k in e.keys]) for e in entries]

    return essence(one) == essence(other)
