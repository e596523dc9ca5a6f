"""The competent node said something about the case of a filing of ours."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from tongban.cases.actions import pinning
from tongban.cases.actions.filing.planning import planned
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.writing import compare_and_set
from tongban.cases.events import FilingCaseNoted, FilingConcluded, FilingDeclineNoted
from tongban.cases.models import CaseMirror, CorrectionMirror, Filing
from tongban.cases.models.sealed import seal
from tongban.cases.queries.loading import Loaded, load_filing
from tongban.cases.rules import mirroring
from tongban.cases.rules.lifecycle.filing import Status, Step
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban_wire import messages


@action
def note_case(act: Act, said: mirroring.CaseMessage, heard: Heard) -> UUID:
    """Write the mirror and what follows from it for the filing. Older or repeated words change nothing.

    A correction request opens a task for whoever answers in this mode; a closed case concludes the filing; a refused
    wish to withdraw sets the filing going again.
    """
    loaded = load_filing(said.filing_id)
    row, mirror = loaded.row, loaded.mirror
    if heard.sender != row.competent_node or (mirror is not None and mirror.case_id != said.case_id):
        raise Refusal("peer.untrusted", sender=heard.sender)
    if mirror is not None and heard.position <= mirror.heard_position:
        raise Unchanged(row.id)
    plan = planned(act, loaded, _step(said, row), seen=None)
    changes: dict[str, Any] = {"status": plan.status}
    if plan.status != row.status:
        changes["status_since"] = act.at
    if isinstance(said, messages.CaseClosed):
        changes |= {"close_reason": said.reason, "ended_at": act.at}
    if isinstance(said, messages.CaseRebased):
        changes |= pinning.columns(pinning.later_version(said.item, row))  # later revisions answer that version
    compare_and_set(row, **changes)
    _write_mirror(loaded, said, heard)
    _write_correction(row, said, heard)
    record(
        FilingCaseNoted(
            subject_id=row.id,
            said=heard.name,
            sender=heard.sender,
            said_at=heard.at,
            chain_subject=heard.subject_type,
            position=heard.position,
            params=mirroring.timeline_params(said.body()),
        )
    )
    if isinstance(said, messages.CaseClosed):
        record(FilingConcluded(subject_id=row.id, case_id=said.case_id, reason=said.reason))
    return row.id


@action
def note_decline(act: Act, said: messages.FilingDeclined, heard: Heard) -> UUID:
    """The competent node would not open a case. Hearing it again: nothing."""
    loaded = load_filing(said.filing_id)
    row = loaded.row
    if heard.sender != row.competent_node:
        raise Refusal("peer.untrusted", sender=heard.sender)
    if row.status == Status.DECLINED:
        raise Unchanged(row.id)
    plan = planned(act, loaded, Step.NOTE_DECLINE, seen=None)
    compare_and_set(row, status=plan.status, decline_reason=said.reason, ended_at=act.at, status_since=act.at)
    record(FilingDeclineNoted(subject_id=row.id, sender=heard.sender, reason=said.reason, said_at=heard.at))
    return row.id


def _step(said: mirroring.CaseMessage, row: Filing) -> Step:
    if isinstance(said, messages.CaseClosed):
        return Step.CONCLUDE
    if isinstance(said, messages.CaseWithdrawalRefused) and row.status == Status.WITHDRAWAL_REQUESTED:
        return Step.NOTE_WITHDRAWAL_REFUSED
    return Step.NOTE_CASE


def _write_mirror(loaded: Loaded, said: mirroring.CaseMessage, heard: Heard) -> None:
    row, mirror = loaded.row, loaded.mirror
    changes: dict[str, Any] = mirroring.columns(said)
    if "status" in changes:
        changes["since"] = heard.at
    if isinstance(said, (messages.CaseDecided, messages.CaseNotAccepted)):
        changes["result_sealed"] = seal(said.personal or {}, table="case_mirror", id=row.id, column="result")
    changes |= {"heard_position": heard.position, "heard_at": heard.at}
    if mirror is not None:
        changed = CaseMirror.objects.filter(filing=row, heard_position=mirror.heard_position).update(**changes)
        if not changed:
            raise Refusal("state.stale")
    elif isinstance(said, messages.CaseOpened):
        CaseMirror.objects.create(filing=row, case_id=said.case_id, owner=heard.sender, **changes)
    else:
        raise Refusal("state.step_not_possible", why="case_not_opened", said=heard.name)


def _write_correction(row: Filing, said: mirroring.CaseMessage, heard: Heard) -> None:
    if isinstance(said, messages.CaseCorrectionRequested):
        CorrectionMirror.objects.create(
            filing=row,
            round=said.round,
            about_revision=said.about_revision,
            points=[asdict(point) for point in said.points],
            words_sealed=seal(said.personal or {}, table="correction", id=f"{row.id}/{said.round}", column="words"),
            requested_at=heard.at,
        )
    elif isinstance(said, messages.CaseCorrectionTaken):
        CorrectionMirror.objects.filter(filing=row, round=said.round).update(taken_at=heard.at)
