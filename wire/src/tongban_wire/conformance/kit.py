"""The identities of the kit: two test nodes on the candidate's trust list, keys coming and going, and a stranger.

``kit-a`` may say everything; ``kit-b`` may speak of parts only; the stranger is not on the list. ``kit-a`` is in the
midst of a rotation: besides its key stand there a new one, of the other suite, one announced for later, an old one
whose time is over, and one revoked an hour ago. One message type has had its last day. Put the kit on the list of a
throw-away or test instance only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tongban_wire.keys import ALGORITHMS, SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, Sunset, TrustList

A: Final = "kit-a"
B: Final = "kit-b"
RETIRED: Final = "cn.tongban.filing.comforted/2"
REVOKED_BEFORE: Final = timedelta(hours=1)
B_SAYS: Final = ("cn.tongban.part.*",)


@dataclass(frozen=True, kw_only=True)
class Kit:
    """``trust`` is the list that the candidate has, signed by ``root`` (a fingerprint); ``candidate`` its id there."""

    a: SigningKey
    a_new: SigningKey
    a_next: SigningKey
    a_old: SigningKey
    a_revoked: SigningKey
    b: SigningKey
    stranger: SigningKey
    trust: TrustList
    root: str
    candidate: str


def make(alg: str = "EdDSA") -> dict[str, SigningKey]:
    """Fresh keys of the kit by name. ``alg``: of all but the new one."""
    other = next(name for name in sorted(ALGORITHMS) if name != alg)
    return {
        "a": SigningKey.generate(A, alg),
        "a_new": SigningKey.generate(A, other),
        "a_next": SigningKey.generate(A, alg),
        "a_old": SigningKey.generate(A, alg),
        "a_revoked": SigningKey.generate(A, alg),
        "b": SigningKey.generate(B, alg),
        "stranger": SigningKey.generate("kit-stranger", alg),
    }


def entries(keys: dict[str, SigningKey], ear: str, at: datetime) -> tuple[NodeEntry, NodeEntry]:
    """What the root has to sign about the kit. ``ear``: the address where the kit listens."""
    now = (at - timedelta(hours=1), at + timedelta(days=30))
    over = (at - timedelta(days=60), at - timedelta(days=1))
    later = (at + timedelta(days=30), at + timedelta(days=60))
    revoked = (at - timedelta(days=60), at - REVOKED_BEFORE)
    return (
        NodeEntry(node=A, name="Conformance kit A", address=ear, role="province", may_say=("cn.tongban.*",),
                  keys=(_key(keys["a"], *now), _key(keys["a_new"], *now), _key(keys["a_next"], *later),
                        _key(keys["a_old"], *over), _key(keys["a_revoked"], *revoked))),
        NodeEntry(node=B, name="Conformance kit B", address=ear, role="province", may_say=B_SAYS,
                  keys=(_key(keys["b"], *now),)),
    )  # fmt: skip


def sunsets(at: datetime) -> tuple[Sunset, ...]:
    """The last day that the root has to sign: of a type that nobody says."""
    return (Sunset(type=RETIRED, last_day=(at - timedelta(days=2)).date()),)


def _key(key: SigningKey, since: datetime, until: datetime) -> KeyEntry:
    return KeyEntry(kid=key.kid, alg=key.alg, public=key.public.public, valid_from=since, valid_to=until)
