"""What leaves this node about parts: the lead calls, the owner of a part answers. Pure, as :mod:`.telling`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tongban.cases import events
from tongban.exchange.actions import Outgoing
from tongban.journal.values import ChainHeader
from tongban_wire import messages

from . import values
from .telling import to


def tell_part_called(event: events.PartCalled, header: ChainHeader) -> list[Outgoing]:
    """To the node of the part, with the content it needs; to the place of intake that it was called, without."""

    def said(personal: Mapping[str, Any] | None, attachments: Sequence[events.Attachment]) -> messages.PartCalled:
        return messages.PartCalled(
            part_id=event.part_id,
            case_id=event.subject_id,
            filing_id=event.filing_id,
            filing_number=event.filing_number,
            step_key=event.step_key,
            seq=event.seq,
            node=event.node,
            lead_node=event.lead_node,
            intake_node=event.intake_node,
            region=event.region,
            limit_days=event.limit_days,
            item=values.item(event.item),
            name=event.step_name,
            place=event.place,  # type: ignore[arg-type]
            revision=event.revision,
            attachments=values.attachments(attachments),
            personal=personal,
        )

    stream = f"case:{event.subject_id}"
    told = to(event.node, stream, said(event.personal, event.attachments))
    if event.intake_node != event.node:
        told += to(event.intake_node, stream, said(None, ()))
    return told


def tell_part_rebased(event: events.PartRebased, header: ChainHeader) -> list[Outgoing]:
    """To the node of the part, behind the call; the place of intake hears of the whole case."""
    return to(
        event.node,
        f"case:{event.subject_id}",
        messages.PartRebased(
            part_id=event.part_id,
            case_id=event.subject_id,
            filing_id=event.filing_id,
            filing_number=event.filing_number,
            step_key=event.step_key,
            seq=event.seq,
            item=values.item(event.item),
            from_version=event.before.version,
            reason=event.reason,
        ),
    )


def tell_part_opened(event: events.PartOpened, header: ChainHeader) -> list[Outgoing]:
    return _of_part(
        event,
        messages.PartOpened(
            **_step(event),
            opened_on=event.opened_on,
            due=values.due(event.due),
            region=event.region,
            authority=event.authority,
        ),
    )


def tell_part_decided(event: events.PartDecided, header: ChainHeader) -> list[Outgoing]:
    return _of_part(
        event,
        messages.PartDecided(
            **_step(event),
            outcome=event.outcome,  # type: ignore[arg-type]
            decided_on=event.decided_on,
            reasons=event.reasons,
            personal=event.personal,
        ),
    )


def tell_part_lapsed(event: events.PartLapsed, header: ChainHeader) -> list[Outgoing]:
    return _of_part(event, messages.PartDecided(**_step(event), outcome="lapsed", decided_on=event.lapsed_on))


def _of_part(event: events.PartEvent, message: Any) -> list[Outgoing]:
    """To the lead, and to the place of intake if it is another."""
    nodes = dict.fromkeys((event.lead_node, event.intake_node))
    return [out for node in nodes for out in to(node, f"part:{event.subject_id}", message)]


def _step(event: events.PartEvent) -> dict[str, Any]:
    return {
        "part_id": event.subject_id,
        "case_id": event.case_id,
        "filing_id": event.filing_id,
        "filing_number": event.filing_number,
        "step_key": event.step_key,
        "seq": event.seq,
    }
