"""Contacts of this node's places: written, confirmed, taken away by item managers (R-122)."""

from __future__ import annotations

from uuid import UUID

from tongban.config import config
from tongban.directory import queries as directory
from tongban.guidance.events import ContactConfirmed, ContactRecorded, ContactRemoved
from tongban.guidance.models import Contact
from tongban.guidance.policy import must_manage_items
from tongban.guidance.rules.contacts import check
from tongban.items import queries as items
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations


@action
def record_contact(act: Act, entry_key: str, region: str, *, unit: str, phone: str, hours: str) -> UUID:
    """Write down whom to call; what stood there for the same item and place is replaced. Confirmed today.

    Refusals: permission.denied; request.invalid: no such item, a place of another node, or a field.
    """
    must_manage_items(act.actor)
    unit, phone, hours = unit.strip(), phone.strip(), hours.strip()
    if entry_key and items.entry(entry_key) is None:
        raise Refusal("request.invalid", fields={"entry": "choice"})
    today = local_date(act.at)
    place = organizations.region(region)
    if place is None or directory.node_of_region(region, today) != config().node_id:
        raise Refusal("request.invalid", fields={"region": "choice"})
    check(unit, phone, hours)
    row = Contact.objects.select_for_update().filter(entry_key=entry_key, region=region).first()
    if row is None:
        row = Contact(id=new_id(), entry_key=entry_key, region=region)
    row.unit, row.phone, row.hours, row.confirmed_on = unit, phone, hours, today
    row.save()
    record(ContactRecorded(subject_id=row.id, entry_key=entry_key, region=region, unit=unit, phone=phone, hours=hours))
    return UUID(str(row.id))


@action
def confirm_contact(act: Act, contact_id: UUID) -> UUID:
    """Somebody called and it is right: confirmed today. Refusals: permission.denied, request.not_found."""
    must_manage_items(act.actor)
    row = _row(contact_id)
    row.confirmed_on = local_date(act.at)
    row.save(update_fields=["confirmed_on"])
    record(ContactConfirmed(subject_id=contact_id))
    return contact_id


@action
def remove_contact(act: Act, contact_id: UUID) -> UUID:
    """It is not to be called any more. Refusals: permission.denied, request.not_found."""
    must_manage_items(act.actor)
    row = _row(contact_id)
    row.delete()
    record(ContactRemoved(subject_id=contact_id))
    return contact_id


def _row(contact_id: UUID) -> Contact:
    row = Contact.objects.select_for_update().filter(id=contact_id).first()
    if row is None:
        raise Refusal("request.not_found")
    return row
