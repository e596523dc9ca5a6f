"""Who the nodes are and whom we trust. Has the shape of ``exchange.ports.Keys``.

The list in force is the newest one this node has: adopted in the database, or handed over by file at enrolment. It is
kept in memory and looked for again at most once a second.
"""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from tongban.config import Misconfigured, config
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban_wire.keys import SigningKey, digest_of
from tongban_wire.problems import WireProblem
from tongban_wire.trust import NodeEntry, TrustList, open_trust_list

from .models import TrustListRow
from .rules import TrustState, state_of

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


_look: _Look = _Look(0.0, None, None, None)
_key: tuple[Path, int, SigningKey] | None = None


def held() -> Held | None:
    """The list in force with its bytes, or None before enrolment."""
    global _look
    now = time.monotonic()
    if now >= _look.until:
        _look = _look_again(_look, now)
    return _look.held


def forget() -> None:
    """Look for the list again at the next question; after adopting one, and in tests."""
    global _look, _key
    _look, _key = _Look(0.0, None, None, None), None


def trust() -> TrustList:
    """The list in force, current or expired: see :func:`trust_state`. Raises :class:`NotEnrolled`."""
    found = held()
    if found is None:
        raise NotEnrolled(config().node_id)
    return found.trust


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
    """This node's signing key, read from its file and again when the file changes."""
    global _key
    file = config().signing_key_file
    try:
        changed = file.stat().st_mtime_ns
        if _key is None or _key[:2] != (file, changed):
            _key = (file, changed, SigningKey.from_pem(file.read_bytes(), config().node_id))
    except FileNotFoundError:
        raise Misconfigured(f"{file} is missing: run `tongban init`, or restore it") from None
    return _key[2]


def am_directory() -> bool:
    """True at node 00, which publishes the list and holds no cases."""
    return config().is_directory


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
