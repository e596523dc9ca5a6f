"""The day book: a day's facts of one node under one signed root, so that nobody can rewrite a day that others hold.

The leaves of the tree are the day's facts, in order of subject type, subject id and position. The tree is that of
RFC 6962 §2.1 (SHA-256; 0x00 before a leaf, 0x01 before a pair); a day without facts has the root of the empty tree.
The root, the number of facts and the digest of the book of the day before are signed by the node and sent to its
peers. A peer's receipt for that message is its countersignature: from then on there is one such day, kept twice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from . import jws
from .keys import SigningKey, digest_of
from .problems import WireProblem
from .reading import read_dataclass, to_json
from .strict import read_object, write_instant, write_json
from .trust import Trusted
from .words import Digest, Node

ZONE: Final = "Asia/Shanghai"
"""A day is a calendar day there, for every node: UTC+8, without summer time."""

_SHANGHAI: Final = timezone(timedelta(hours=8), ZONE)
MAX_BOOK: Final = 10_000
"""Most characters of a signed day book."""


@dataclass(frozen=True, slots=True, order=True)
class Leaf:
    """One fact of the day. ``recorded_at`` is when its owner wrote it down; both are under the root."""

    subject_type: str
    subject_id: str
    position: int
    digest: str
    recorded_at: datetime

    @property
    def data(self) -> bytes:
        """``<digest> <recorded_at>``: what is hashed."""
        return leaf_data(self.digest, self.recorded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBook:
    """What is signed. ``previous`` is the digest of the signed book of the day before; None in a node's first book."""

    node: Node
    day: date
    zone: Literal["Asia/Shanghai"]
    facts: int
    root: Digest
    closed_at: datetime
    previous: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That a fact stands in a book: its place in the tree and the hashes beside its way up, the leaf's first."""

    node: Node
    day: date
    index: int
    facts: int
    path: tuple[Digest, ...]


def day_of(at: datetime) -> date:
    """The day book an instant belongs to."""
    return (at.astimezone(_SHANGHAI)).date()


def end_of(day: date) -> datetime:
    """The first instant that no longer belongs to the day."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), _SHANGHAI)


def subject_of(node: str) -> UUID:
    """The subject id of the chain in which a node records the closing of its days."""
    return uuid5(NAMESPACE_URL, f"tongban:daybook:{node}")


def stream_of(node: str) -> str:
    """The stream subject of a node's day books."""
    return f"daybook:{node}"


def leaf_data(digest: str, recorded_at: datetime) -> bytes:
    return f"{digest} {write_instant(recorded_at)}".encode("ascii")


# ---- the tree --------------------------------------------------------------------------------------------------


def root_of(leaves: Sequence[bytes]) -> str:
    """The root over the leaves' data."""
    level = [_leaf_hash(data) for data in leaves]
    if not level:
        return "sha-256:" + hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        level = [
            _pair(level[at], level[at + 1]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
    return "sha-256:" + level[0].hex()


def path_of(leaves: Sequence[bytes], index: int) -> tuple[str, ...]:
    """The inclusion path of the leaf at ``index`` (RFC 6962 §2.1.1). IndexError if there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, path = [_leaf_hash(data) for data in leaves], []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append("sha-256:" + level[beside].hex())
        level = [
            _pair(level[at], level[at + 1]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
        index //= 2
    return tuple(path)


def root_from(data: bytes, index: int, size: int, path: Iterable[str]) -> str | None:
    """The root that leaf and path lead to (RFC 9162 §2.1.3.2); None if the path has the wrong length."""
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, _leaf_hash(data)
    for step in path:
        if last == 0:
            return None
        beside = bytes.fromhex(step.removeprefix("sha-256:"))
        if here & 1 or here == last:
            found = _pair(beside, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = _pair(found, beside)
        here, last = here >> 1, last >> 1
    return "sha-256:" + found.hex() if last == 0 else None


def _leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# ---- the book --------------------------------------------------------------------------------------------------


def close(
    node: str, day: date, leaves: Iterable[Leaf], *, previous: str | None, closed_at: datetime
) -> tuple[DayBook, tuple[Leaf, ...]]:
    """The book of a day and its leaves in order. ``previous``: digest of the signed book of the day before."""
    ordered = tuple(sorted(leaves))
    root = root_of([leaf.data for leaf in ordered])
    book = DayBook(node=node, day=day, zone=ZONE, facts=len(ordered), root=root, closed_at=closed_at, previous=previous)
    return book, ordered


def seal_day_book(book: DayBook, key: SigningKey) -> str:
    """A compact JWS by a key of the node."""
    if key.node != book.node:
        raise ValueError(f"key {key.kid} does not belong to {book.node}")
    return jws.sign(write_json(to_json(book)), key, jws.DAY_BOOK)


def open_day_book(text: str, trust: Trusted) -> DayBook:
    """The book, if the node it names signed it with a key that was valid when it closed. Raises ``WireProblem``."""
    if len(text) > MAX_BOOK or not text.isascii():
        raise WireProblem("day_book.malformed")
    unverified = _read(jws.payload_of(text))
    held = trust.then(unverified.closed_at)
    payload, kid = jws.verify(text, jws.DAY_BOOK, lambda kid: held.signer(kid, unverified.closed_at)[1])
    book = _read(payload)
    if held.signer(kid, book.closed_at)[0].node != book.node:
        raise WireProblem("key.not_the_senders", kid)
    if book.closed_at < end_of(book.day):
        raise WireProblem("day_book.malformed", "closed before the day was over")
    return book


def book_digest(text: str) -> str:
    """The digest by which the next book names this one."""
    return digest_of(text.encode("ascii"))


def check_kept(node_day: Callable[[date], str | None], text: str, book: DayBook) -> bool:
    """Whether the signed book ``text`` is new beside those kept of the same node. False: it is kept already.

    ``node_day`` gives the kept signed book of a day. Raises ``WireProblem`` if two differ for one day
    (``day_book.contradiction``) or if it does not build on the day before (``day_book.not_consecutive``). A book whose
    day before is not kept is taken: we may have come later.
    """
    kept = node_day(book.day)
    if kept is not None:
        if book_digest(kept) == book_digest(text):
            return False
        raise WireProblem("day_book.contradiction", book.day.isoformat())
    before, after = node_day(book.day - timedelta(days=1)), node_day(book.day + timedelta(days=1))
    if before is not None and (book.previous is None or not hmac.compare_digest(book_digest(before), book.previous)):
        raise WireProblem("day_book.not_consecutive", book.day.isoformat())
    if after is not None and _read(jws.payload_of(after)).previous != book_digest(text):
        raise WireProblem("day_book.not_consecutive", book.day.isoformat())
    return True


def includes(book: DayBook, inclusion: Inclusion, data: bytes) -> bool:
    """Whether the book's root covers the leaf."""
    if (inclusion.node, inclusion.day, inclusion.facts) != (book.node, book.day, book.facts):
        return False
    return root_from(data, inclusion.index, inclusion.facts, inclusion.path) == book.root


def _read(payload: bytes) -> DayBook:
    try:
        return read_dataclass(DayBook, read_object(payload, "day_book.malformed"))
    except WireProblem as problem:
        raise WireProblem("day_book.malformed", problem.detail) from None
