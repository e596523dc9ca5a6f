"""What happened, in order, told by whom: a subject's own facts and what it noted of others'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tongban.cases.models import FilingCopy
from tongban.cases.rules.mirroring import timeline_params
from tongban.cases.views import TimelineEntry
from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal import queries as journal
from tongban.journal.queries import Fact

_QUIET = frozenset({"filing.draft_saved", "filing.concluded"})
"""Facts that tell a reader nothing: keeping a draft, and the conclusion that repeats the closing of the case."""


def of_filing(filing_id: UUID) -> tuple[TimelineEntry, ...]:
    """Side ``intake`` for what happened here, ``competent`` or ``part`` for what others said."""
    return _ordered(_at_intake(fact) for fact in _facts("filing", filing_id))


def of_case(case_id: UUID, filing_id: UUID, intake_node: str) -> tuple[TimelineEntry, ...]:
    """Our own steps, the parts', and the revisions as they came from the place of intake."""
    place = directory.node_name(intake_node)
    copies = FilingCopy.objects.filter(filing_id=filing_id).values_list("revision", "said_at")
    told = (
        TimelineEntry(
            said_at,
            "filing.submitted" if revision == 1 else "filing.revised",
            intake_node,
            place,
            "intake",
            {"revision": revision},
        )
        for revision, said_at in copies
    )
    own = _facts("case", case_id)
    asked = (
        TimelineEntry(fact.at, "filing.withdrawal_requested", intake_node, place, "intake", {})
        for fact in own
        if fact.name == "case.withdrawal_refused"
        or (fact.name == "case.closed" and fact.body.get("reason") == "withdrawn")
    )  # the wish is answered when it is heard
    return _ordered([*told, *asked, *(_at_lead(fact) for fact in own)])


def of_part(part_id: UUID) -> tuple[TimelineEntry, ...]:
    return _ordered(_own(fact, "part") for fact in _facts("part", part_id))


def _facts(subject_type: str, subject_id: UUID) -> list[Fact]:
    return [f for f in journal.facts(subject_type, subject_id, with_personal=False) if f.name not in _QUIET]


def _at_intake(fact: Fact) -> TimelineEntry:
    body = fact.body
    if fact.name == "filing.case_noted":
        side = "part" if body["chain_subject"] == "part" else "competent"
        return _said(body["said"], body["sender"], body["said_at"], side, dict(body["params"]))
    if fact.name == "filing.decline_noted":
        return _said("filing.declined", body["sender"], body["said_at"], "competent", {"reason": body["reason"]})
    return _own(fact, "intake")


def _at_lead(fact: Fact) -> TimelineEntry:
    body = fact.body
    if fact.name == "case.part_noted":
        params = {key: body[key] for key in ("step_key", "seq", "outcome")}
        return _said(body["said"], body["sender"], body["said_at"], "part", params)
    return _own(fact, "competent")


def _own(fact: Fact, side: str) -> TimelineEntry:
    me = config().node_id
    return TimelineEntry(fact.at, fact.name, me, directory.node_name(me), side, timeline_params(dict(fact.body)))


def _said(code: str, node: str, at: str, side: str, params: dict[str, object]) -> TimelineEntry:
    return TimelineEntry(datetime.fromisoformat(at), code, node, directory.node_name(node), side, params)


def _ordered(entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.at))
