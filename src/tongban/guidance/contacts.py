"""Contacts as pages show them: of this node from its own table, of the others as they published them (signed)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations

from .models import Contact as Row
from .queries import coverage_of
from .rules.contacts import Contact, contact_of, is_stale, nearest

__all__ = ["Contact", "OwnContact", "at_place", "own"]


@dataclass(frozen=True, slots=True)
class OwnContact:
    id: UUID
    contact: Contact


def own() -> tuple[OwnContact, ...]:
    """All of this node, those longest unconfirmed first."""
    return _own(Row.objects.all())


def _own(rows: QuerySet[Row]) -> tuple[OwnContact, ...]:
    today = local_date(clock.now())
    return tuple(
        OwnContact(
            r.id,
            Contact(
                r.entry_key, r.region, r.unit, r.phone, r.hours, r.confirmed_on, is_stale(r.confirmed_on, today)
            ),
        )
        for r in rows.order_by("confirmed_on", "region", "entry_key")
    )  # fmt: skip


def at_place(entry_key: str, region: str, node: str | None) -> Contact | None:
    """Whom to call about an entry at a place; None if nobody was written down there."""
    if not region or node is None:
        return None
    chain = tuple(r.code for r in organizations.chain(region))
    if node == config().node_id:
        rows = Row.objects.filter(region__in=chain, entry_key__in=("", entry_key))
        return nearest((o.contact for o in _own(rows)), entry_key, chain)
    said = coverage_of(node)
    today = local_date(clock.now())
    rows = (said.content or {}).get("contacts", []) if said else []
    return nearest((contact_of(row, today) for row in rows), entry_key, chain)
