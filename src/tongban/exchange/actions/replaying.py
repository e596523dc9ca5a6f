"""An operator's second chance for what was parked; recorded as a fact, because it is a decision of a person.

Anybody else is refused with ``permission.denied``.
"""

from __future__ import annotations

from uuid import UUID

from tongban.exchange.events import InboundReplayed, OutboundReplayed
from tongban.exchange.models import Inbound, Outbound
from tongban.journal.action import action, record
from tongban.kernel.people import Act, refuse_operating
from tongban.kernel.problems import Refusal


@action
def replay_outbound(act: Act, message_id: UUID) -> UUID:
    """Send a parked message again, with the same bytes. Refuses ``request.not_found`` if it is not parked."""
    refuse_operating(act.actor)
    row = Outbound.objects.select_for_update().filter(message_id=message_id, state=Outbound.State.PARKED).first()
    if row is None:
        raise Refusal("request.not_found")
    record(OutboundReplayed(subject_id=message_id, receiver=row.receiver, parked_reason=row.parked_reason or ""))
    Outbound.objects.filter(seq=row.seq).update(
        state=Outbound.State.PENDING, tries=0, next_at=None, parked_at=None, parked_reason=None
    )
    return message_id


@action
def replay_inbound(act: Act, sender: str, message_id: UUID) -> UUID:
    """Let a parked message be applied again. Refuses ``request.not_found`` if it is not parked."""
    refuse_operating(act.actor)
    row = (
        Inbound.objects.select_for_update()
        .filter(sender=sender, message_id=message_id, state=Inbound.State.PARKED)
        .first()
    )
    if row is None:
        raise Refusal("request.not_found")
    record(InboundReplayed(subject_id=message_id, sender=sender, parked_reason=row.reason or ""))
    Inbound.objects.filter(seq=row.seq).update(
        state=Inbound.State.STORED, tries=0, reason=None, params={}, parked_at=None
    )
    return message_id
