"""When a list may be adopted, when the next one is due, which types end when, which addresses may be talked to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from tongban.kernel.problems import Refusal
from tongban_wire.trust import NodeEntry, Sunset, TrustList

LIST_VALID: Final = timedelta(days=30)
"""How long a list is believed; it is signed anew when half of that is over."""

NOTICE: Final = timedelta(days=365)
"""How far ahead the last day of a message type is announced (docs/protocol.md, evolution)."""

PROVINCE_SAYS: Final = ("cn.tongban.filing.*", "cn.tongban.case.*", "cn.tongban.part.*", "cn.tongban.daybook.*")


class Standing(StrEnum):
    """How this node stands with its trust list (decision 19)."""

    CURRENT = "current"
    EXPIRED = "expired"  # store and park what arrives, act on nothing
    MISSING = "missing"  # not enrolled


@dataclass(frozen=True, slots=True)
class TrustState:
    """``standing``, and of the list in force its version and times (None when missing)."""

    standing: Standing
    version: int | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None


def state_of(trust: TrustList | None, at: datetime) -> TrustState:
    if trust is None:
        return TrustState(Standing.MISSING)
    standing = Standing.EXPIRED if trust.is_expired(at) else Standing.CURRENT
    return TrustState(standing, trust.version, trust.issued_at, trust.expires_at)


def should_adopt(current: tuple[int, str] | None, offered: tuple[int, str]) -> bool:
    """Each is (version, digest). False: we have it. An older one, or another of the same version, is refused."""
    if current is None or offered[0] > current[0]:
        return True
    if offered == current:
        return False
    reason = "older" if offered[0] < current[0] else "contradiction"
    raise Refusal("peer.trust_list_refused", reason=reason, have=current[0], offered=offered[0])


def announce_sunset(announced: Iterable[Sunset], new: Sunset, at: datetime) -> tuple[Sunset, ...]:
    """The last days to announce from now on. Refuses ``state.sunset_refused``: too soon, or earlier than announced."""
    others = {sunset.type: sunset for sunset in announced}
    if new.last_day < (at + NOTICE).date():
        raise Refusal("state.sunset_refused", reason="too_soon", type=new.type)
    before = others.get(new.type)
    if before is not None and new.last_day < before.last_day:
        raise Refusal("state.sunset_refused", reason="earlier_than_announced", type=new.type)
    others[new.type] = new
    return tuple(others[name] for name in sorted(others))


def next_list(
    current: TrustList | None, granted: Iterable[NodeEntry], at: datetime, sunsets: tuple[Sunset, ...] = ()
) -> TrustList | None:
    """The list to publish now, or None while the current one says the same and is at most half used up.

    ``granted`` are the entries of enrolled nodes; they replace the current entry of the same node. ``sunsets``: the
    last days of message types that are to be announced.
    """
    entries = {entry.node: entry for entry in (current.nodes if current else ())}
    entries.update({entry.node: entry for entry in granted})
    nodes = tuple(entries[node] for node in sorted(entries))
    if not nodes:
        return None
    if current is not None and set(nodes) == set(current.nodes) and sunsets == current.sunsets:
        half_way = current.issued_at + (current.expires_at - current.issued_at) / 2
        if at < half_way:
            return None
    now = at.replace(microsecond=0)
    version = current.version + 1 if current else 1
    return TrustList(version=version, issued_at=now, expires_at=now + LIST_VALID, nodes=nodes, sunsets=sunsets)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_reach(address: str, *, plain_http_loopback: bool) -> bool:
    """HTTPS anywhere; plain HTTP only to loopback and only where that is allowed (decision 20)."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and plain_http_loopback and is_loopback(host))
