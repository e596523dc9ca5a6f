"""When a person has to look, and which one. Pure: what was observed → the alarms that should stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from .outage import Dependency, Standing

UNREACHABLE_AFTER: Final = timedelta(minutes=10)
BACKLOG_AFTER: Final = timedelta(minutes=30)
EXPIRES_WITHIN: Final = timedelta(days=7)
GAP_ASKS: Final = 4

WATCHED: Final = (
    "peer_unreachable", "backlog_old", "outbound_parked", "inbound_parked", "gap_unfilled", "trust_list_expiring",
    "key_expiring", "blob_parked", "job_parked", "dependency_missing",
)  # fmt: skip
"""The kinds that :func:`standing` decides; others are raised and cleared by who finds them (reconcile)."""

SETTLED_BY_HAND: Final = frozenset({"day_contradicted"})
"""What a peer did cannot be undone: somebody has talked to it and says so."""

_OWNERS: Final[Mapping[str, str]] = {
    "trust_list_expiring": "directory", "key_expiring": "operator", "inbound_parked": "operator",
    "stream_contradiction": "supervisor", "stream_forgotten": "supervisor", "day_contradicted": "supervisor",
}  # fmt: skip


def owner_of(kind: str) -> str:
    """Whose task an alarm is: operator, supervisor or directory."""
    return _OWNERS.get(kind, "operator")


_REASON_OWNERS: Final = (
    ("power.", "directory"), ("key.", "directory"), ("node.trust_list_expired", "directory"),
    ("state.", "supervisor"), ("peer.untrusted", "supervisor"),
)  # fmt: skip


def owner_of_reason(reason: str) -> str:
    """Whose task a parked message is: powers and keys are the directory's, rules of cases a supervisor's."""
    return next((owner for start, owner in _REASON_OWNERS if reason.startswith(start)), "operator")


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """A destination as observed. ``failing_since``: the first failure in a row; ``oldest``: of what waits for it."""

    node: str
    failing_since: datetime | None
    oldest: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the watch observes."""

    at: datetime
    peers: Sequence[PeerSeen] = ()
    inbound_parked: int = 0
    blobs_parked: int = 0
    jobs_parked: int = 0
    gaps: Sequence[tuple[str, int]] = ()  # (sender, most often asked for)
    trust_expires: datetime | None = None
    key_expires: datetime | None = None
    missing: Sequence[Standing] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alarm that should stand."""

    kind: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)


def standing(seen: Seen) -> list[Wanted]:
    """The alarms that should stand now, each once."""
    found: list[Wanted] = []
    for peer in seen.peers:
        if peer.failing_since is not None and seen.at - peer.failing_since >= UNREACHABLE_AFTER:
            found.append(Wanted("peer_unreachable", peer.node, {"since": peer.failing_since.isoformat()}))
        elif peer.oldest is not None and seen.at - peer.oldest >= BACKLOG_AFTER:
            found.append(Wanted("backlog_old", peer.node, {"oldest": peer.oldest.isoformat()}))
        if peer.parked:
            found.append(Wanted("outbound_parked", peer.node, {"messages": peer.parked}))
    if seen.inbound_parked:
        found.append(Wanted("inbound_parked", "all", {"messages": seen.inbound_parked}))
    if seen.blobs_parked:
        found.append(Wanted("blob_parked", "all", {"files": seen.blobs_parked}))
    if seen.jobs_parked:
        found.append(Wanted("job_parked", "all", {"jobs": seen.jobs_parked}))
    found += [Wanted("gap_unfilled", sender, {"asked": asks}) for sender, asks in seen.gaps if asks >= GAP_ASKS]
    for kind, expires in (("trust_list_expiring", seen.trust_expires), ("key_expiring", seen.key_expires)):
        if expires is not None and expires - seen.at <= EXPIRES_WITHIN:
            found.append(Wanted(kind, "own", {"expires": expires.isoformat()}))
    found += [
        Wanted("dependency_missing", gone.dependency.value, {"mode": gone.mode.value, "what": gone.what,
                                                             "since": gone.since.isoformat(), "told": list(gone.told)})
        for gone in seen.missing
        if gone.dependency is not Dependency.PEER  # each peer has an alarm of its own, after a while
    ]  # fmt: skip
    return found
