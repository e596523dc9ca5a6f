"""Verbs of the item managers: a change of an item by two people, and running cases moved to the version in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tongban.cases.actions.rebasing import rebase as move
from tongban.cases.queries.rebasing import dry_run
from tongban.identity import queries as identity
from tongban.identity.demo_people import ISSUER
from tongban.items import managing, reach
from tongban.items.actions import proposing, scoping
from tongban.journal import clock
from tongban.kernel.people import Act
from tongban.kernel.time import local_date


def _act(who: str) -> Act:
    return Act(identity.actor_of(ISSUER, who), clock.now())


def publish_item(
    who: str, reviewer: str, code: str, changes: Mapping[str, Any], due_on: str | None = None
) -> None:  # fmt: skip
    """``who`` writes the next version of a base item (at 00) or an implementation, ``reviewer`` publishes it; it holds
    from today. ``due_on``: until when implementations have to follow."""
    due = date.fromisoformat(due_on) if due_on else None
    made = proposing.propose(
        _act(who), managing.kind(), code, changes, valid_from=local_date(clock.now()), due_on=due
    )  # fmt: skip
    proposing.submit(_act(who), made, seen=1)
    proposing.publish(_act(reviewer), made, seen=2)


def tasks() -> list[dict[str, Any]]:
    """What the item manager's desk lists as changes of base items to follow."""
    found = managing.tasks(local_date(clock.now()))
    return [{"code": t.code, "fields": list(t.fields), "due_on": t.due_on.isoformat()} for t in found]


def drift(code: str) -> list[str]:
    """The uniform elements in which this node's item differs from its base item."""
    found = managing.item(code, local_date(clock.now()))
    return [c.path for c in found.drift if c.state != "same"] if found else []


def exempt(who: str, entry: str, region: str, words: str, source: str) -> str:
    """From today ``region`` takes no part in the entry; the key of the exemption."""
    begins = local_date(clock.now())
    return scoping.exempt(_act(who), entry, region, begins=begins, words=words, source=source)


def end_exemption(who: str, exemption: str, on: str, reason: str) -> None:
    """From the day ``on`` the region takes part."""
    scoping.end_exemption(_act(who), exemption, on=date.fromisoformat(on), reason=reason)


def reach_between(entry: str, here: str, there: str) -> dict[str, Any]:
    """What this node knows of the entry between two places today: ``state``, and ``until`` if somebody has said."""
    found = reach.opening(entry, here, there)
    return {"state": found.state, "until": found.until.isoformat() if found.until else None}


def rebase(who: str, code: str, version: int, reason: str) -> list[str]:
    """Every running case of ``code`` under ``version`` that can be moved is moved; the numbers of their filings."""
    run = dry_run(identity.actor_of(ISSUER, who), code, version)
    if run is None:
        return []
    for case in run.possible:
        move(_act(who), UUID(str(case.case_id)), to=run.after.ref.version, reason=reason, seen=case.seen)
    return [case.filing_number for case in run.possible]
