"""Trust lists and keys as tests set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tongban_wire.keys import SigningKey
from tongban_wire.trust import KeyEntry, NodeEntry, TrustList


def address_of(node: str) -> str:
    return f"https://node-{node}.example"


def trust_list(keys: Mapping[str, SigningKey], *, at: datetime, days: int = 30, version: int = 1) -> TrustList:
    since, until = at - timedelta(days=365), at + timedelta(days=365)
    return TrustList(
        version=version,
        issued_at=at,
        expires_at=at + timedelta(days=days),
        nodes=tuple(
            NodeEntry(
                node=node,
                name=node,
                address=address_of(node),
                role="directory" if node == "00" else "province",
                may_say=("cn.tongban.*",),
                keys=(KeyEntry(kid=k.kid, alg=k.alg, public=k.public.public, valid_from=since, valid_to=until),),
            )
            for node, k in sorted(keys.items())
        ),
    )


@dataclass
class FixedKeys:
    """Keys and trust as a test sets them."""

    key: SigningKey
    list: TrustList
    former: list[tuple[datetime, TrustList]] = field(default_factory=list)  # since when which held

    def trust(self) -> TrustList:
        return self.list

    def trust_then(self, at: datetime) -> TrustList:
        return next((list_ for since, list_ in reversed(self.former) if since <= at), self.list)

    def my_key(self) -> SigningKey:
        return self.key
