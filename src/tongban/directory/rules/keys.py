"""Which keys a node has on the list, which of its own it signs with, and who may change that.

A key is announced on the list before it signs, counts from ``valid_from`` until before ``valid_to``, and stays on the
list when its time is over, so that what it signed can be checked for ever. Nothing ever makes a time longer that was
announced: a key that has ended, or was revoked, does not come back (docs/protocol.md §4.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tongban.kernel.problems import Refusal
from tongban_wire.keys import PublicKey
from tongban_wire.trust import KeyEntry, NodeEntry

KEY_VALID: Final = timedelta(days=3 * 366)
OVERLAP: Final = timedelta(days=30)
"""How long a key that a node gives up still counts: what it signed may be on its way for weeks."""


class KeyStanding(StrEnum):
    """What the list in force says of a key at an instant."""

    UNLISTED = "unlisted"
    ANNOUNCED = "announced"  # its time has not come yet
    VALID = "valid"
    ENDED = "ended"  # replaced, used up or revoked


def standing_of(keys: Iterable[KeyEntry], kid: str, at: datetime) -> KeyStanding:
    found = next((key for key in keys if key.kid == kid), None)
    if found is None:
        return KeyStanding.UNLISTED
    if at < found.valid_from:
        return KeyStanding.ANNOUNCED if found.valid_from < found.valid_to else KeyStanding.ENDED
    return KeyStanding.VALID if at < found.valid_to else KeyStanding.ENDED


def key_in_use(keys: Iterable[KeyEntry], own: Sequence[str], chosen: str | None, at: datetime) -> str:
    """Which of the node's ``own`` keys (ids, the oldest first, at least one) signs now.

    The chosen one (the first if none was chosen) as long as it is valid; else the valid one that has longest to go, so
    that a revoked key stops signing the moment its node knows. If none is valid, the chosen one: enrolment comes first.
    """
    preferred = chosen if chosen is not None and chosen in own else own[0]
    listed = {key.kid: key for key in keys if key.kid in own and key.is_valid(at)}
    if preferred in listed or not listed:
        return preferred
    return max(listed.values(), key=lambda key: (key.valid_to, key.kid)).kid


def may_sign_with(keys: Iterable[KeyEntry], own: Collection[str], kid: str, at: datetime) -> None:
    """Refuses ``state.key_refused`` unless the node has this key and the list in force says it is valid now."""
    if kid not in own:
        raise Refusal("state.key_refused", reason="not_ours", kid=kid)
    standing = standing_of(keys, kid, at)
    if standing is not KeyStanding.VALID:
        raise Refusal("state.key_refused", reason=standing.value, kid=kid)


def may_ask(
    listed: Iterable[KeyEntry],
    proved: Collection[str],
    asked_at: datetime,
    last_asked_at: datetime | None,
    at: datetime,
) -> None:
    """May a request change a node's keys without the operators comparing fingerprints again?

    ``proved`` are the keys that signed it: one of them must stand on the node's entry and be valid now, and the
    request must be newer than the last one. Refuses ``state.key_refused``.
    """
    if not any(key.kid in proved and key.is_valid(at) for key in listed):
        raise Refusal("state.key_refused", reason="no_valid_key_signed", kid=", ".join(sorted(proved)))
    if last_asked_at is not None and asked_at <= last_asked_at:
        raise Refusal("state.key_refused", reason="older_request", kid=", ".join(sorted(proved)))


def plan_keys(
    listed: Sequence[KeyEntry], asked: Sequence[PublicKey], at: datetime, *, valid_from: datetime | None = None
) -> tuple[KeyEntry, ...]:
    """A node's keys on the next list, when it asks to have exactly ``asked``.

    New ones are valid from ``valid_from`` (at the earliest, and by default, now); those it no longer names end after
    :data:`OVERLAP`; none leaves the list. Refuses ``state.key_refused`` if one that has ended is asked for again.
    """
    start = max(at, valid_from or at)
    wanted = {key.kid for key in asked}
    for key in listed:
        if key.kid in wanted and key.valid_to <= at:
            raise Refusal("state.key_refused", reason="ended", kid=key.kid)
    kept = tuple(key if key.kid in wanted else replace(key, valid_to=min(key.valid_to, at + OVERLAP)) for key in listed)
    known = {key.kid for key in listed}
    new = tuple(
        KeyEntry(kid=key.kid, alg=key.alg, public=key.public, valid_from=start, valid_to=start + KEY_VALID)
        for key in dict.fromkeys(asked)
        if key.kid not in known
    )
    return kept + new


def revoke(listed: Sequence[KeyEntry], kid: str, since: datetime) -> tuple[KeyEntry, ...]:
    """The node's keys once ``kid`` counts no longer from ``since`` on; what arrived before stays provable.

    Refuses ``state.key_refused`` if the key is unknown or had ended by then already.
    """
    found = next((key for key in listed if key.kid == kid), None)
    if found is None:
        raise Refusal("state.key_refused", reason="unlisted", kid=kid)
    end = max(since, found.valid_from)
    if found.valid_to <= end:
        raise Refusal("state.key_refused", reason="ended", kid=kid)
    return tuple(replace(key, valid_to=end) if key.kid == kid else key for key in listed)


def entry_keys(entry: NodeEntry | None) -> tuple[KeyEntry, ...]:
    return entry.keys if entry else ()


__all__ = [
    "KEY_VALID", "OVERLAP", "KeyStanding", "entry_keys", "key_in_use", "may_ask", "may_sign_with", "plan_keys",
    "revoke", "standing_of",
]  # fmt: skip
