"""By which trust list what was stored is judged when it is read back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tongban_wire.trust import TrustList


def judge_of(now: TrustList, then: TrustList, kid: str, *, took_effect: bool) -> TrustList:
    """The list that decides about a stored message: the one in force ``now``, or the one that held ``then``.

    What took effect is evidence: it stays provable by the list under which it came, whatever became of key and powers
    since. What has not taken effect yet must also stand before the present list, so that a revocation that reaches
    back to before its arrival keeps it from having one; unless that list does not know the key at all any more.
    """
    if took_effect:
        return then
    return now if now.knows(kid) else then
