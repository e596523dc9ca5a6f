"""The identities of the kit: two test nodes on the candidate's trust list, a key that has expired, and a stranger.

``kit-a`` may say everything; ``kit-b`` may speak of parts only; the old key of ``kit-a`` stands on the list with a
time that is over; the stranger is not on it. Put the kit on the list of a throw-away or test instance only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tongban_wire.keys import SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, TrustList

A: Final = "kit-a"
B: Final = "kit-b"
B_SAYS: Final = ("cn.tongban.part.*",)


@dataclass(frozen=True, kw_only=True)
class Kit:
    """``trust`` is the list that the candidate has, signed by ``root`` (a fingerprint); ``candidate`` its id there."""

    a: SigningKey
    a_old: SigningKey
    b: SigningKey
    stranger: SigningKey
    trust: TrustList
    root: str
    candidate: str


def make(alg: str = "EdDSA") -> dict[str, SigningKey]:
    """Fresh keys of the kit by name: a, a_old, b, stranger."""
    return {
        "a": SigningKey.generate(A, alg),
        "a_old": SigningKey.generate(A, alg),
        "b": SigningKey.generate(B, alg),
        "stranger": SigningKey.generate("kit-stranger", alg),
    }


def entries(keys: dict[str, SigningKey], ear: str, at: datetime) -> tuple[NodeEntry, NodeEntry]:
    """What the root has to sign about the kit. ``ear``: the address where the kit listens."""
    now = (at - timedelta(hours=1), at + timedelta(days=30))
    over = (at - timedelta(days=60), at - timedelta(days=1))
    return (
        NodeEntry(node=A, name="Conformance kit A", address=ear, role="province", may_say=("cn.tongban.*",),
                  keys=(_key(keys["a"], *now), _key(keys["a_old"], *over))),
        NodeEntry(node=B, name="Conformance kit B", address=ear, role="province", may_say=B_SAYS,
                  keys=(_key(keys["b"], *now),)),
    )  # fmt: skip


def _key(key: SigningKey, since: datetime, until: datetime) -> KeyEntry:
    return KeyEntry(kid=key.kid, alg=key.alg, public=key.public.public, valid_from=since, valid_to=until)
