"""Adopting a trust list, the one thing this slice changes; and wishing for a newer one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tongban.config import config
from tongban.journal import jobs
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban_wire.keys import digest_of
from tongban_wire.problems import WireProblem
from tongban_wire.trust import open_trust_list

from .events import TRUST_LIST, TrustListAdopted
from .models import TrustListRow
from .rules import should_adopt

RENEWAL: Final = "directory.renew"
"""The periodic duty that looks for a newer list."""
NOT_WITHIN: Final = timedelta(seconds=10)


def look_for_newer_soon() -> bool:
    """A key was named that the list in force does not know: perhaps the next one does. Anybody at all may name keys, so
    the directory is asked once in ten seconds at most. Not an action: nothing has happened yet.
    """
    return jobs.hasten(RENEWAL, not_within=NOT_WITHIN)


@action
def adopt_trust_list(act: Act, signed: bytes, *, source: str) -> int:
    """Believe this list from now on; returns its version.

    ``source``: ``file``, ``directory`` or ``published``. The list we have already changes nothing. Refusals:
    ``peer.trust_list_refused`` with ``reason`` a code of the wire, ``older`` or ``contradiction``. An expired list is
    adopted if it is newer: it still says who the nodes are.
    """
    signed = signed.strip()
    try:
        trust = open_trust_list(signed, config().pinned_root(), at=act.at)
    except WireProblem as problem:
        raise Refusal("peer.trust_list_refused", reason=problem.code) from problem
    digest = digest_of(signed)
    current = TrustListRow.objects.order_by("-version").values_list("version", "digest").first()
    if not should_adopt(current, (trust.version, digest)):
        raise Unchanged(trust.version)
    TrustListRow.objects.create(
        version=trust.version,
        digest=digest,
        signed=signed.decode("ascii"),
        issued_at=trust.issued_at,
        expires_at=trust.expires_at,
        source=source,
        adopted_at=act.at,
    )
    record(
        TrustListAdopted(
            subject_id=TRUST_LIST,
            list_version=trust.version,
            digest=digest,
            issued_at=trust.issued_at,
            expires_at=trust.expires_at,
            nodes=tuple(entry.node for entry in trust.nodes),
            source=source,
        )
    )
    return trust.version
