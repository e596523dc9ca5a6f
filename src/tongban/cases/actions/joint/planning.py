"""The plan of a joint case: the steps of the pinned version with the places of this case. Kept in the row as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from tongban.cases.models import Case
from tongban.cases.rules.joint import PlanStep
from tongban.config import config
from tongban.directory import queries as directory
from tongban.items.queries import VersionView
from tongban.kernel.problems import Refusal
from tongban_wire import messages


def plan_of(version: VersionView, said: messages.FilingSubmitted, on: date) -> list[dict[str, Any]]:
    """``receiving`` steps are the lead's own, ``releasing`` ones belong to the node of the releasing region."""
    assert said.releasing_region is not None
    releasing = directory.node_of_region(said.releasing_region, on)
    if releasing is None:
        raise Refusal("state.no_competent_node", region=said.releasing_region)
    places = {"receiving": (config().node_id, said.anchor_region), "releasing": (releasing, said.releasing_region)}
    return [
        asdict(PlanStep(step.key, step.seq, *places[step.place], limit_days=step.limit_days)) for step in version.plan
    ]


def read_plan(row: Case) -> tuple[PlanStep, ...]:
    return tuple(PlanStep(**step) for step in row.plan or ())
