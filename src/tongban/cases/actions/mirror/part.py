"""The lead or the owner of a part said something about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.cases.actions.filing.planning import planned
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about, plan_case
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import CasePartNoted, FilingCaseNoted
from tongban.cases.models import Case, CaseMirror, Filing, PartMirror
from tongban.cases.models.sealed import seal
from tongban.cases.queries.loading import load_filing
from tongban.cases.rules import mirroring
from tongban.cases.rules.lifecycle.case import Step as CaseStep
from tongban.cases.rules.lifecycle.filing import Step as FilingStep
from tongban.config import config
from tongban.directory import queries as directory
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban_wire import messages

PartMessage = messages.PartCalled | messages.PartOpened | messages.PartDecided


@action
def note_part(act: Act, said: PartMessage, heard: Heard) -> UUID:
    """Write the mirror; say so in the chains of the filing and of the lead case, whichever are here.

    A part's own words outrank the call, whatever comes first. Older or repeated words change nothing.
    """
    filing = Filing.objects.filter(id=said.filing_id).first()
    case = Case.objects.filter(id=said.case_id).first()
    mirror = PartMirror.objects.filter(part_id=said.part_id).first()
    if filing is None and case is None:
        raise Refusal("request.not_found")
    if heard.sender not in _expected(act, said, heard, filing, case, mirror):
        raise Refusal("peer.untrusted", sender=heard.sender)
    position = 0 if isinstance(said, messages.PartCalled) else heard.position
    if mirror is not None and position <= mirror.heard_position:
        raise Unchanged(said.part_id)
    _write_mirror(said, heard, mirror, position)
    if filing is not None:
        _note_at_intake(act, filing, said, heard)
    if case is not None and not isinstance(said, messages.PartCalled):
        _note_at_lead(act, case, said, heard)
    return said.part_id


def _expected(
    act: Act, said: PartMessage, heard: Heard, filing: Filing | None, case: Case | None, mirror: PartMirror | None
) -> set[str | None]:
    """Who may say this: a call comes from the competent node, the words of a part from the node that was called.

    At the place of intake they may overtake the call; then only from a place that the filing itself names. What is said
    of a known part under another matter's name is nobody's to say.
    """
    if mirror is not None and (mirror.case_id, mirror.filing_id) != (said.case_id, said.filing_id):
        return set()
    if isinstance(said, messages.PartCalled):
        return {filing.competent_node if filing else config().node_id}
    if mirror is not None:
        return {mirror.owner}
    if case is not None:
        raise Refusal("state.step_not_possible", why="part_not_called", said=heard.name)
    assert filing is not None
    known = CaseMirror.objects.filter(filing=filing).values_list("case_id", flat=True).first()
    return _places(act, filing) if known in (None, said.case_id) else set()


def _places(act: Act, filing: Filing) -> set[str | None]:
    """The nodes of the two places of a joint filing, as they were when it was sent and as they are."""
    if filing.releasing_region is None or filing.submitted_at is None:
        return set()
    days = {local_date(filing.submitted_at), local_date(act.at)}
    return {filing.competent_node} | {directory.node_of_region(filing.releasing_region, on) for on in days}


def _write_mirror(said: PartMessage, heard: Heard, mirror: PartMirror | None, position: int) -> None:
    changes: dict[str, Any] = {"heard_position": position, "since": heard.at}
    match said:
        case messages.PartCalled():
            changes |= {"status": "called", "region": said.region, "owner": said.node}
        case messages.PartOpened():
            changes |= {
                "status": "open",
                "owner": heard.sender,
                "due_on": said.due.on,
                "due_calendar": said.due.calendar_version,
                "due_estimated": said.due.estimated,
            }
            if said.region is not None:
                changes["region"] = said.region
        case messages.PartDecided():
            changes |= {
                "status": said.outcome,
                "owner": heard.sender,
                "decided_on": said.decided_on,
                "reasons": list(said.reasons),
                "words_sealed": seal(said.personal or {}, table="part_mirror", id=said.part_id, column="words"),
            }
    if mirror is None:
        PartMirror.objects.create(
            part_id=said.part_id,
            case_id=said.case_id,
            filing_id=said.filing_id,
            step_key=said.step_key,
            seq=said.seq,
            **changes,
        )
        return
    changed = PartMirror.objects.filter(part_id=said.part_id, heard_position=mirror.heard_position).update(**changes)
    if not changed:
        raise Refusal("state.stale")


def _note_at_intake(act: Act, filing: Filing, said: PartMessage, heard: Heard) -> None:
    plan = planned(act, load_filing(filing.id), FilingStep.NOTE_CASE, seen=None)
    compare_and_set(filing, status=plan.status)
    record(
        FilingCaseNoted(
            subject_id=filing.id,
            said=heard.name,
            sender=heard.sender,
            said_at=heard.at,
            chain_subject=heard.subject_type,
            position=heard.position,
            params=mirroring.timeline_params(said.body()),
        )
    )


def _note_at_lead(
    act: Act, case: Case, said: messages.PartOpened | messages.PartDecided, heard: Heard
) -> None:
    plan = plan_case(act, case, case.facts(owner=config().node_id), CaseStep.NOTE_PART, seen=None)
    compare_and_set(case, status=plan.status)
    record(
        CasePartNoted(
            **about(case),
            part_id=said.part_id,
            step_key=said.step_key,
            seq=said.seq,
            said=heard.name,
            sender=heard.sender,
            outcome=said.outcome if isinstance(said, messages.PartDecided) else None,
            said_at=heard.at,
        )
    )
