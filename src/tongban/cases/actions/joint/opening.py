"""The lead called: this node opens its part."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from tongban.cases.actions.heard import Heard
from tongban.cases.actions.planning import about_part
from tongban.cases.events import DueDate, PartOpened
from tongban.cases.models import Part
from tongban.cases.models.sealed import blind, seal
from tongban.cases.rules import deadlines
from tongban.cases.rules.lifecycle.part import Status
from tongban.items import queries as items
from tongban.items.queries import VersionRef, VersionView
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations
from tongban_wire import messages


@action
def open_part(act: Act, said: messages.PartCalled, heard: Heard) -> UUID:
    """Open the part; its clock runs from today. Hearing it again, or another call of the same step: nothing.

    Refuses a caller that is not the lead it names (peer.untrusted), and a call without its content or with a limit that
    cannot be meant (peer.message_refused).
    """
    if Part.objects.filter(case_id=said.case_id, step_key=said.step_key).exists():
        raise Unchanged(said.part_id)
    if heard.sender != said.lead_node:
        raise Refusal("peer.untrusted", sender=heard.sender)
    if said.personal is None:
        raise Refusal("peer.message_refused", why="content_missing")
    if not deadlines.is_limit_of_part(said.limit_days):
        raise Refusal("peer.message_refused", why="limit_days")
    row = _part(act, said)
    row.save(force_insert=True)
    record(
        PartOpened(
            **about_part(row),
            region=row.region,
            authority=row.authority,
            opened_on=row.opened_on,
            due=DueDate(on=row.due_on, calendar_version=row.due_calendar, estimated=row.due_estimated),
        ),
        opens=True,
    )
    return row.id


def _part(act: Act, said: messages.PartCalled) -> Part:
    assert said.personal is not None
    on, calendar, item = local_date(act.at), organizations.calendar(), said.item
    version = items.version(VersionRef(item.owner, item.code, item.version, item.digest))
    clock = deadlines.start(said.limit_days, on, calendar)
    assert clock.due is not None
    authority, department = _unit(version, said.region, act)
    content = {key: said.personal.get(key, {}) for key in ("answers", "filenames")}
    return Part(
        id=said.part_id,
        case_id=said.case_id,
        filing_id=said.filing_id,
        filing_number=said.filing_number,
        step_key=said.step_key,
        seq=said.seq,
        step_name=said.name or said.step_key,
        lead_node=said.lead_node,
        intake_node=said.intake_node,
        region=said.region,
        authority=authority,
        department=department,
        status=Status.OPEN,
        applicant_sealed=seal(said.personal.get("applicant", {}), table="part", id=said.part_id, column="applicant"),
        id_number_index=blind(number) if (number := said.personal.get("applicant", {}).get("id_number")) else None,
        content_sealed=seal(content, table="part", id=said.part_id, column="content"),
        attachments=[asdict(attachment) for attachment in said.attachments],
        opened_at=act.at,
        opened_on=on,
        limit_days=said.limit_days,
        due_on=clock.due.on,
        due_calendar=clock.due.calendar_version,
        due_estimated=clock.due.estimated,
        lapses_on=deadlines.lapses_on(on, said.limit_days, calendar).on,
        entry_key=item.entry_key,
        item_owner=item.owner,
        item_code=item.code,
        item_version=item.version,
        item_digest=item.digest,
        item_name=version.name if version else item.code,
        item_name_en=version.name_en if version else "",
    )


def _unit(version: VersionView | None, region: str, act: Act) -> tuple[str | None, str | None]:
    """The unit of this place for the item's department; a node that does not know the version leaves it open."""
    if version is None:
        return None, None
    found = items.resolve(version, region, local_date(act.at))
    return (None, version.department) if isinstance(found, Refusal) else (found.authority_code, found.department)
