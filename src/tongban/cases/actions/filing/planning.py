"""The middle movements of every action on a filing: may, then plan."""

from __future__ import annotations

from tongban.cases import policy
from tongban.cases.actions.writing import refuse_stale
from tongban.cases.queries.loading import Loaded
from tongban.cases.rules.lifecycle import filing as lifecycle
from tongban.cases.rules.lifecycle.filing import Step
from tongban.cases.rules.lifecycle.table import Plan
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal


def planned(act: Act, loaded: Loaded, step: Step, *, seen: int | None) -> Plan[lifecycle.Status]:
    """Who may not even see a filing is told that there is none. ``seen`` None: this node itself, or what it heard."""
    refused = policy.may(act.actor, step, loaded.facts)
    if refused is not None:
        if seen is not None and not policy.may_read(act.actor, loaded.facts):
            raise Refusal("request.not_found")
        raise refused
    if seen is not None:
        refuse_stale(loaded.row, seen)
    return lifecycle.plan(loaded.facts, step, act.at)
