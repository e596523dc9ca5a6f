"""The first movement of every action on a filing: the row and what is known around it, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tongban.cases import policy
from tongban.cases.models import CaseMirror, CorrectionMirror, Filing, FilingChecks
from tongban.cases.rules.lifecycle import filing as lifecycle
from tongban.cases.rules.lifecycle.filing import FilingFacts, Step
from tongban.cases.rules.lifecycle.table import Plan
from tongban.config import config
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal

from ..writing import refuse_stale


@dataclass(frozen=True, slots=True)
class Loaded:
    """A filing with what belongs to it. ``open_round`` is the correction that waits for an answer."""

    row: Filing
    checks: FilingChecks | None
    mirror: CaseMirror | None
    open_round: CorrectionMirror | None
    facts: FilingFacts


def load(filing_id: UUID) -> Loaded:
    """Refuses request.not_found."""
    row = Filing.objects.filter(id=filing_id).select_related("checks", "case_mirror").first()
    if row is None:
        raise Refusal("request.not_found")
    checks, mirror = getattr(row, "checks", None), getattr(row, "case_mirror", None)
    waiting = None
    if mirror is not None and mirror.status == "correction":
        waiting = row.corrections.filter(answered_at__isnull=True).order_by("-round").first()
    facts = row.facts(
        owner=config().node_id,
        checks=checks,
        open_round=waiting.round if waiting else None,
        case_known=mirror is not None,
        outcome=mirror.outcome if mirror else None,
    )
    return Loaded(row, checks, mirror, waiting, facts)


def planned(act: Act, loaded: Loaded, step: Step, *, seen: int | None) -> Plan[lifecycle.Status]:
    """May, then plan. A person who may not see a filing is told that there is none. ``seen`` None: this node itself."""
    refused = policy.may(act.actor, step, loaded.facts)
    if refused is not None:
        if not policy.may_read(act.actor, loaded.facts) and seen is not None:
            raise Refusal("request.not_found")
        raise refused
    if seen is not None:
        refuse_stale(loaded.row, seen)
    return lifecycle.plan(loaded.facts, step, act.at)
