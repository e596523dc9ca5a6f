"""Comparing two accounts of one stream: the sender's and the receiver's.

An account is how many positions are there without a gap and a digest over the digests of all of them, in order. Equal
length and equal digest mean that every message is the same on both sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a comparison finds, from the receiver's side."""

    SAME = "same"
    BEHIND = "behind"  # the sender has more: fetch what is missing
    CONTRADICTION = "contradiction"  # the same positions, other messages
    FORGOTTEN = "forgotten"  # we hold a receipted position that the sender no longer knows


@dataclass(frozen=True, slots=True)
class Head:
    """One side's account of a stream. ``digests`` over positions 1…last."""

    last: int
    digest: str


def fold(digests: Sequence[str]) -> str:
    """The digest over the digests of messages 1…n, each ended by a line feed (what both sides compute)."""
    return "sha-256:" + hashlib.sha256("".join(d + "\n" for d in digests).encode()).hexdigest()


def compare(theirs: Head, ours: Sequence[str]) -> Verdict:
    """``ours`` are our digests of positions 1… without a gap."""
    common = min(theirs.last, len(ours))
    if len(ours) >= theirs.last and fold(ours[:common]) != theirs.digest:
        return Verdict.CONTRADICTION
    if len(ours) > theirs.last:
        return Verdict.FORGOTTEN
    return Verdict.SAME if len(ours) == theirs.last else Verdict.BEHIND


def ask_again_after(asks: int) -> float:
    """Seconds to wait before a gap is asked for once more: the first time soon, then ever more slowly."""
    return float(min(3600, 5 * 2 ** min(asks, 12)))
