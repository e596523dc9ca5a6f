"""Who the nodes are and whom we trust. Has the shape of ``exchange.ports.Keys``.

The list in force is the newest one this node has: adopted in the database, or handed over by file at enrolment. It is
kept in memory and looked for again at most once a second.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.problems import WireProblem
from tongban_wire.trust import NodeEntry, TrustList, open_trust_list

from . import keyring
from .models import TrustListRow
from .rules import TrustState, state_of
from .rules.keys import KeyStanding, entry_keys, key_in_use, standing_of

FRESH_SECONDS: Final = 1.0


class NotEnrolled(LookupError):
    """This node has no trust list it can believe: enrol it (`tongban enrol`)."""


class Held(NamedTuple):
    """A verified list, the bytes it came in, and their digest."""

    trust: TrustList
    signed: bytes
    digest: str


class _Look(NamedTuple):
    until: float
    held: Held | None
    row: tuple[int, str] | None  # version and pinned root behind ``held`` when it came from the database
    file: tuple[Path, int, int, str, Held | None] | None


class _Ring(NamedTuple):
    """The keys on the disk and the choice among them, as they were when the files last changed."""

    seen: tuple[Path, tuple[int, int]]
    keys: dict[str, SigningKey]
    chosen: str | None


_look: _Look = _Look(0.0, None, None, None)
_ring: _Ring | None = None
_former: dict[tuple[int, str], TrustList] = {}
"""Lists that held once, by version and pinned root: they never change."""


def held() -> Held | None:
    """The list in force with its bytes, or None before enrolment."""
    global _look
    now = time.monotonic()
    if now >= _look.until:
        _look = _look_again(_look, now)
    return _look.held


def forget() -> None:
    """Look for the list again at the next question; after adopting one, and in tests."""
    global _look, _ring
    _look, _ring = _Look(0.0, None, None, None), None


def trust() -> TrustList:
    """The list in force, current or expired: see :func:`trust_state`. Raises :class:`NotEnrolled`."""
    found = held()
    if found is None:
        raise NotEnrolled(config().node_id)
    return found.trust


def trust_then(at: datetime) -> TrustList:
    """The list that this node believed at ``at``; what arrived then is judged by it for ever. Raises NotEnrolled.

    Before the first list was adopted, the one in force.
    """
    root = config().pinned_root()
    row = TrustListRow.objects.filter(adopted_at__lte=at).order_by("-version").values_list("version", flat=True).first()
    if row is None:
        return trust()
    if (row, root) not in _former:
        signed = TrustListRow.objects.values_list("signed", flat=True).get(version=row)
        found = _verified(signed.encode("ascii"), root)
        if found is None:
            return trust()
        _former[row, root] = found.trust
    return _former[row, root]


def signed_trust_list() -> bytes | None:
    """The list in force exactly as the root signed it; what the gate hands out. None before enrolment."""
    found = held()
    return found.signed if found else None


def trust_state() -> TrustState:
    """Whether what arrives may have effects now; with an expired list it is stored and parked (decision 19)."""
    found = held()
    return state_of(found.trust if found else None, clock.now())


def nodes() -> tuple[NodeEntry, ...]:
    return trust().nodes


def node(node_id: str) -> NodeEntry | None:
    return trust().node(node_id)


def node_name(node_id: str) -> str:
    """The name people read; the id itself if the node is not on the list."""
    found = held()
    entry = found.trust.node(node_id) if found else None
    return entry.name if entry else node_id


def node_of_region(code: str, on: date) -> NodeId | None:
    """The one node that answers for a region on a day, or None: no node there yet (decision 10)."""
    found = trust().node_of_region(code, on)
    return NodeId(found) if found else None


def my_key() -> SigningKey:
    """The key this node signs with now: the chosen one while the list in force says it is valid, else another own one.

    Read from the files again when they change. Raises ``Misconfigured`` if there is none.
    """
    keys, chosen = my_keys()
    found, me = held(), config().node_id
    listed = entry_keys(found.trust.node(me) if found else None)
    return keys[key_in_use(listed, tuple(keys), chosen, clock.now())]


def my_keys() -> tuple[dict[str, SigningKey], str | None]:
    """All keys of this node by id, the first one first, and the id of the one that was chosen to sign."""
    global _ring, _look
    cfg = config()
    seen = (cfg.home, keyring.seen(cfg))
    if _ring is None or _ring.seen != seen:
        _look = _look._replace(until=0.0)  # who made or chose a key has seen the newest list; let us see it too
        _ring = _Ring(seen, {key.kid: key for key in keyring.own(cfg)}, keyring.chosen(cfg))
    return _ring.keys, _ring.chosen


def key_standings() -> list[tuple[str, str, KeyStanding, datetime | None]]:
    """Of every key of this node, on its disk or on the list: id, algorithm, standing, and when its time ends."""
    found, at = held(), clock.now()
    listed = entry_keys(found.trust.node(config().node_id) if found else None)
    ends = {key.kid: (key.alg, key.valid_to) for key in listed}
    kids = dict.fromkeys([*my_keys()[0], *ends])
    own = {kid: key.alg for kid, key in my_keys()[0].items()}
    return [
        (kid, own.get(kid) or ends[kid][0], standing_of(listed, kid, at), ends[kid][1] if kid in ends else None)
        for kid in kids
    ]


def _look_again(last: _Look, now: float) -> _Look:
    root = config().pinned_root()
    newest = TrustListRow.objects.order_by("-version").values_list("version", flat=True).first()
    row = None if newest is None else (newest, root)
    from_row: Held | None = None
    if row is not None and row == last.row:
        from_row = last.held
    elif row is not None:
        signed = TrustListRow.objects.values_list("signed", flat=True).get(version=row[0])
        from_row = _verified(signed.encode("ascii"), root)
    file = _read_file(last.file, root)
    from_file = file[4] if file else None
    if from_file is not None and (from_row is None or from_file.trust.version > from_row.trust.version):
        return _Look(now + FRESH_SECONDS, from_file, None, file)
    return _Look(now + FRESH_SECONDS, from_row, row if from_row else None, file)


def _read_file(
    last: tuple[Path, int, int, str, Held | None] | None, root: str
) -> tuple[Path, int, int, str, Held | None] | None:
    file = config().trust_list_file
    try:
        stat = file.stat()
        if last is not None and last[:4] == (file, stat.st_mtime_ns, stat.st_size, root):
            return last
        return file, stat.st_mtime_ns, stat.st_size, root, _verified(file.read_bytes().strip(), root)
    except FileNotFoundError:
        return None


def _verified(signed: bytes, root: str) -> Held | None:
    try:
        return Held(open_trust_list(signed, root), signed, digest_of(signed))
    except WireProblem:
        return None
