"""Cases and parts that this node owns, for the reviewer whose post covers them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tongban.cases import policy
from tongban.cases.models import Case, FilingCopy, Part
from tongban.cases.models.clocks import read_clock
from tongban.cases.models.sealed import unseal
from tongban.cases.rules.deadlines import Clock
from tongban.cases.rules.modes import Mode
from tongban.cases.views import CaseView, ClockView, PartView, ProofView, ResultView
from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items.queries import VersionView
from tongban.journal import clock
from tongban.kernel.people import Actor
from tongban.kernel.problems import Refusal
from tongban.kernel.time import Due, local_date
from tongban.organizations import queries as organizations

from . import corrections, masking, materials, plan, shapes, timeline
from .loading import load_case, load_part


def case_view(actor: Actor, case_id: UUID, *, recorded: bool = False) -> CaseView:
    """A case this node owns; request.not_found for a reviewer whose posts do not cover it.

    The person is masked unless the access was ``recorded``: see ``actions.reading``.
    """
    row, facts = load_case(case_id, with_files=True)
    if not policy.may_read(actor, facts):
        raise Refusal("request.not_found")
    now, version, masked = clock.now(), shapes.version_of(row), not recorded
    contents = corrections.received(row)
    copy = FilingCopy.objects.get(filing_id=row.filing_id, revision=row.revision)
    content, form = contents[row.revision], version.form if version else {}
    files = materials.attached(copy.attachments, content.get("filenames", {}), elsewhere=True)
    given = materials.views(version, files, content.get("answers", {}), _checked(copy))
    asked, result = corrections.at_competent(row, contents), _result(row, version)
    if masked:
        given, asked, result = masking.materials(given), masking.corrections(asked), masking.result(result)
    joint = row.mode == Mode.JOINT
    return CaseView(
        case_id=row.id,
        filing_id=row.filing_id,
        filing_number=row.filing_number,
        item=shapes.item(row),
        mode=row.mode,
        channel=row.channel,
        status=row.status,
        close_reason=row.close_reason,
        version=row.version,
        revision=row.revision,
        intake_node=row.intake_node,
        intake_name=directory.node_name(row.intake_node),
        intake_region=row.intake_region,
        anchor_region=row.anchor_region,
        region=row.region,
        authority=row.authority,
        applicant=shapes.person(
            unseal(row.applicant_sealed, table="case", id=row.id, column="applicant"), masked=masked
        ),
        form=form,
        answers=shapes.answers(content.get("answers", {}), form, masked=masked),
        materials=given,
        attachments_missing=facts.attachments_missing,
        received_at=row.received_at,
        clocks=_case_clocks(row, local_date(now)),
        corrections=asked,
        result=result,
        parts=plan.steps(version, plan.mirrors_of(row.filing_id), _places(row)) if joint else (),
        timeline=timeline.of_case(row.id, row.filing_id, row.intake_node),
        pending=shapes.pending((f"case:{row.id}",)),
        possible_steps=shapes.steps(actor, facts, now),
        situation=shapes.situation(version, content.get("answers", {})),
        manual=items.manual(version, content.get("answers", {}), "competent") if version else None,
        proof=_proof(row, copy, version),
    )


def part_view(actor: Actor, part_id: UUID, *, recorded: bool = False) -> PartView:
    """A part this node owns; request.not_found for a reviewer whose posts do not cover it. Masked like a case."""
    row, facts = load_part(part_id, with_files=True)
    if not policy.may_read(actor, facts):
        raise Refusal("request.not_found")
    now, version, masked = clock.now(), shapes.version_of(row), not recorded
    content = unseal(row.content_sealed, table="part", id=row.id, column="content")
    words = unseal(row.words_sealed, table="part", id=row.id, column="words")
    form = version.form if version else {}
    files = materials.attached(row.attachments, content.get("filenames", {}), elsewhere=True)
    given = materials.views(version, files, content.get("answers", {}), {})
    note, texts = words.get("note"), words.get("texts", {})
    if masked:
        given, note, texts = masking.materials(given), note and shapes.HIDDEN, dict.fromkeys(texts, shapes.HIDDEN)
    return PartView(
        part_id=row.id,
        case_id=row.case_id,
        filing_id=row.filing_id,
        filing_number=row.filing_number,
        item=shapes.item(row),
        step_key=row.step_key,
        seq=row.seq,
        step_name=row.step_name,
        status=row.status,
        version=row.version,
        lead_node=row.lead_node,
        lead_name=directory.node_name(row.lead_node),
        intake_node=row.intake_node,
        region=row.region,
        applicant=shapes.person(
            unseal(row.applicant_sealed, table="part", id=row.id, column="applicant"), masked=masked
        ),
        form=form,
        answers=shapes.answers(content.get("answers", {}), form, masked=masked),
        materials=given,
        attachments_missing=facts.attachments_missing,
        opened_at=row.opened_at,
        clocks=_part_clocks(row, local_date(now)),
        note=note,
        reasons={code: texts.get(code, "") for code in row.reasons},
        timeline=timeline.of_part(row.id),
        pending=shapes.pending((f"part:{row.id}",)),
        possible_steps=shapes.steps(actor, facts, now),
        situation=shapes.situation(version, content.get("answers", {})),
        manual=items.manual(version, content.get("answers", {}), "competent") if version else None,
    )


def _proof(row: Case, copy: FilingCopy, version: VersionView | None) -> ProofView:
    """Online nobody can file below the level the pinned version asks for, and only in the name proven so."""
    by = directory.node_name(row.intake_node)
    if row.channel == "window":
        return ProofView((copy.checks or {}).get("identity_method"), None, by)
    return ProofView("account", version.min_level if version else None, by)


def _checked(copy: FilingCopy) -> dict[str, bool]:
    """What the window looked at, material by material."""
    made: dict[str, Any] = copy.checks or {}
    return {**dict.fromkeys(made.get("passed", ()), True), **dict.fromkeys(made.get("failed", ()), False)}


def _case_clocks(row: Case, today: date) -> tuple[ClockView, ...]:
    calendar = organizations.calendar()
    return (
        *shapes.clock("tell_once", read_clock(row, "tell"), today, calendar),
        *shapes.clock("handling", read_clock(row, "work"), today, calendar),
    )


def _part_clocks(row: Part, today: date) -> tuple[ClockView, ...]:
    running = row.status == "open"
    due = Due(row.due_on, row.due_calendar, row.due_estimated)
    value = Clock(row.limit_days, row.opened_on, 0, row.opened_on if running else None, due)
    return shapes.clock("part", value, today if running else row.decided_on or today, organizations.calendar())


def _result(row: Case, version: VersionView | None) -> ResultView | None:
    if row.result_sealed is None or row.decided_on is None:
        return None
    return shapes.result(
        unseal(row.result_sealed, table="case", id=row.id, column="result"),
        outcome=row.outcome or "not_accepted",
        reasons=row.reasons,
        decided_on=row.decided_on,
        result_name=version.result_name if version else "",
        delivered=row.delivery_method,
    )


def _places(row: Case) -> dict[str, tuple[str, str]]:
    """For steps not called yet: by the plan that was fixed when the case was opened."""
    releasing = row.releasing_region or ""
    known = {step["region"]: step["node"] for step in row.plan or ()}
    return {
        "receiving": (config().node_id, row.anchor_region),
        "releasing": (known.get(releasing, ""), releasing),
    }
