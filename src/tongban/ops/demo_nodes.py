"""The four nodes of the demo, their keys and the trust list that names them.

The demo's root key is made from a published seed, so it protects nothing: what is pinned to it talks over loopback only
and may offer the demo's sign-in (decision 20). Everybody else makes a root of their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from tongban.config import DEMO_ROOT_FINGERPRINT, Config, make_local_keys, write_private
from tongban.directory import enrolling, keyring
from tongban.directory.rules import PROVINCE_SAYS, next_list
from tongban_wire.enrolment import open_enrolment
from tongban_wire.keys import SigningKey
from tongban_wire.problems import WireProblem
from tongban_wire.trust import SKEW, RegionPrefix, TrustList, open_trust_list, seal_trust_list

SEED: Final = hashlib.sha256(b"tongban demo root, worthless outside a demo").digest()

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
    return SigningKey.from_seed(SEED, "root")


def make_keys(cfg: Config) -> None:
    """Make whatever of a node's own keys is missing."""
    make_local_keys(cfg)
    if not cfg.signing_key_file.exists():
        write_private(cfg.signing_key_file, SigningKey.generate(cfg.node_id, cfg.suite).to_pem().decode())


def enrol(configs: list[Config], at: datetime | None = None) -> TrustList:
    """Enrol all nodes by file, as operators would, at the first of ``configs``: the directory.

    A list is signed anew only when a node's key or address changed or the present list is half used up.
    """
    now = (at or datetime.now(UTC)).replace(microsecond=0)
    directory, root = configs[0], demo_root()
    write_private(directory.root_signing_key_file, root.to_pem().decode())
    for cfg in configs:
        make_keys(cfg)
        if not _stands(cfg, directory):
            regions = [RegionPrefix(prefix=prefix, from_on=date(2020, 1, 1)) for prefix in _plan(cfg).prefixes]
            request = enrolling.write_request(cfg, now).read_bytes()
            may_say = () if cfg.is_directory else PROVINCE_SAYS
            # the keys count from a while before now, so that a node whose clock is a little behind takes them at once
            enrolling.grant(directory, request, now - SKEW, regions=regions, may_say=may_say)
    current = _current(directory)
    due = next_list(current, enrolling.granted(directory), now, enrolling.sunsets(directory))
    trust = due or current
    if trust is None:
        raise ValueError("no nodes to enrol")
    signed = seal_trust_list(due, root) if due else directory.trust_list_file.read_bytes()
    for cfg in configs:
        keyring.replace_file(cfg.trust_list_file, signed)
        keyring.replace_file(cfg.root_fingerprint_file, DEMO_ROOT_FINGERPRINT.encode())
    return trust


def _plan(cfg: Config) -> DemoNode:
    return next(plan for plan in NODES if plan.node == cfg.node_id)


def _stands(cfg: Config, directory: Config) -> bool:
    """The directory has granted this very name and address, and the key; others may have come since."""
    granted = directory.home / enrolling.GRANTS / f"{cfg.node_id}.json"
    request = cfg.home / f"enrolment-{cfg.node_id}.json"
    if not (granted.exists() and request.exists()):
        return False
    asked = open_enrolment(request.read_bytes())
    key = SigningKey.from_pem(cfg.signing_key_file.read_bytes(), cfg.node_id).public
    kids = {listed.kid for listed in enrolling.entry_of(granted.read_bytes()).keys}
    return (asked.name, asked.address) == (cfg.node_name, cfg.base_url) and key.kid in kids


def _current(directory: Config) -> TrustList | None:
    try:
        return open_trust_list(directory.trust_list_file.read_bytes(), DEMO_ROOT_FINGERPRINT)
    except (FileNotFoundError, WireProblem):
        return None
