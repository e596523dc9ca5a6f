"""A filing arrives: a case is opened, or it is declined and why."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.actions import clocks, pinning
from tongban.cases.actions.heard import Heard
from tongban.cases.actions.joint.planning import plan_of
from tongban.cases.actions.planning import about
from tongban.cases.events import CaseOpened, FilingDeclined
from tongban.cases.models import Case, FilingCopy
from tongban.cases.models.clocks import columns as clock_columns
from tongban.cases.models.sealed import blind, seal
from tongban.cases.rules import corrections, deadlines
from tongban.cases.rules.lifecycle.case import Status
from tongban.cases.rules.modes import Mode, channel_of
from tongban.cases.rules.reception import Arrival, reason_to_decline
from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items.queries import Competence, VersionRef, VersionView
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations
from tongban_wire import messages

from .copying import keep_copy


@action
def receive_filing(act: Act, said: messages.FilingSubmitted, heard: Heard) -> UUID:
    """Open a case for a filing that arrived, or decline it; its copy is kept either way. Hearing it again: nothing.

    Received is not accepted: the case stands in ``received`` and the tell-once clock runs. A decline is not an error
    for the sender but a fact of ours, with its reason.
    """
    if FilingCopy.objects.filter(filing_id=said.filing_id, revision=1).exists():
        raise Unchanged(said.filing_id)
    version, competence = _judge(act, said)
    declined = reason_to_decline(_arrival(act, said, heard, version, competence), me=config().node_id)
    keep_copy(act, said, heard, declined_reason=declined)
    if declined is not None:
        record(
            FilingDeclined(
                subject_id=said.filing_id,
                filing_number=said.filing_number,
                revision=said.revision,
                reason=declined,
                intake_node=heard.sender,
            ),
            opens=True,
        )
        return said.filing_id
    assert version is not None and competence is not None
    row = _case(act, said, version, competence)
    row.save(force_insert=True)
    assert row.tell_due_on is not None and row.due_calendar is not None
    record(
        CaseOpened(
            **about(row),
            revision=row.revision,
            mode=row.mode,
            region=row.region,
            authority=row.authority,
            received_on=row.tell_started_on,
            tell_once_due=clocks.due_of(row.tell_due_on, row),
        ),
        opens=True,
    )
    return row.id


def _judge(act: Act, said: messages.FilingSubmitted) -> tuple[VersionView | None, Competence | None]:
    """The pinned version as this node knows it, and who decides by it."""
    item = said.item
    version = items.version(VersionRef(item.owner, item.code, item.version, item.digest))
    if version is None:
        return None, None
    try:
        return version, pinning.competence(
            version,
            anchor_region=said.anchor_region,
            intake_region=said.intake_region,
            on=local_date(act.at),
        )
    except Refusal:
        return version, None


def _arrival(
    act: Act,
    said: messages.FilingSubmitted,
    heard: Heard,
    version: VersionView | None,
    competence: Competence | None,
) -> Arrival:
    personal = said.personal or {}
    return Arrival(
        sender=heard.sender,
        intake_node=said.intake_node,
        intake_owner=directory.node_of_region(said.intake_region, local_date(act.at)),
        item_known=version is not None,
        modes=version.modes if version else (),
        mode=said.mode,
        competent_node=competence.node if competence else None,
        whole=bool(personal.get("applicant", {}).get("id_number"))
        and isinstance(personal.get("answers"), dict)
        and said.revision == 1
        and said.channel == channel_of(Mode(said.mode))
        and (said.mode != "joint" or said.releasing_region is not None),
    )


def _case(act: Act, said: messages.FilingSubmitted, version: VersionView, competence: Competence) -> Case:
    assert said.personal is not None
    case_id, on, applicant = new_id(), local_date(act.at), said.personal["applicant"]
    days = version.tell_once_days or corrections.TELL_ONCE_DAYS
    tell = deadlines.start(days, on, organizations.calendar())
    return Case(
        id=case_id,
        filing_id=said.filing_id,
        filing_number=said.filing_number,
        status=Status.RECEIVED,
        mode=said.mode,
        channel=said.channel,
        intake_node=said.intake_node,
        intake_region=said.intake_region,
        anchor_region=said.anchor_region,
        releasing_region=said.releasing_region,
        region=competence.region,
        authority=competence.authority_code,
        department=competence.department,
        applicant_sealed=seal(applicant, table="case", id=case_id, column="applicant"),
        id_number_index=blind(applicant["id_number"]),
        revision=said.revision,
        received_at=act.at,
        plan=plan_of(version, said, on) if said.mode == "joint" else None,
        **clock_columns(tell, None),
        **pinning.columns(version),
    )
