"""What leaves this node about filings and cases, and to whom: pure functions, event → messages. What the receiver
needs, no more. Parts: :mod:`.telling_parts`."""

from __future__ import annotations

from typing import Any

from tongban.cases import events
from tongban.exchange.actions import Outgoing
from tongban.journal.values import ChainHeader
from tongban.kernel.ids import NodeId
from tongban_wire import messages

from . import values

# --- leaving: the place of intake speaks to the competent node -----------------------------------------------------


def tell_filing_submitted(event: events.FilingSubmitted, header: ChainHeader) -> list[Outgoing]:
    return to(
        event.competent_node,
        f"filing:{event.subject_id}",
        messages.FilingSubmitted(
            filing_id=event.subject_id,
            filing_number=event.filing_number,
            revision=event.revision,
            content_digest=event.content_digest,
            item=values.item(event.item),
            mode=event.mode,  # type: ignore[arg-type]
            channel=event.channel,  # type: ignore[arg-type]
            intake_node=event.intake_node,
            intake_region=event.intake_region,
            anchor_region=event.anchor_region,
            anchor_kind=event.anchor_kind,
            releasing_region=event.releasing_region,
            window=event.window,
            checks=values.checks(event.checks),
            attachments=values.attachments(event.attachments),
            personal=event.personal,
        ),
    )


def tell_filing_revised(event: events.FilingRevised, header: ChainHeader) -> list[Outgoing]:
    return to(
        event.competent_node,
        f"filing:{event.subject_id}",
        messages.FilingRevised(
            filing_id=event.subject_id,
            filing_number=event.filing_number,
            revision=event.revision,
            content_digest=event.content_digest,
            intake_node=event.intake_node,
            answers_round=event.answers_round,
            checks=values.checks(event.checks),
            attachments=values.attachments(event.attachments),
            personal=event.personal,
        ),
    )


def tell_withdrawal_requested(event: events.FilingWithdrawalRequested, header: ChainHeader) -> list[Outgoing]:
    return to(
        event.competent_node,
        f"filing:{event.subject_id}",
        messages.FilingWithdrawalRequested(
            filing_id=event.subject_id,
            filing_number=event.filing_number,
            revision=event.revision,
            case_id=event.case_id,
        ),
    )


def tell_result_delivered(event: events.FilingResultDelivered, header: ChainHeader) -> list[Outgoing]:
    return to(
        event.competent_node,
        f"filing:{event.subject_id}",
        messages.FilingResultDelivered(
            filing_id=event.subject_id,
            filing_number=event.filing_number,
            case_id=event.case_id,
            method=event.method,  # type: ignore[arg-type]
        ),
    )


# --- leaving: the competent node speaks to the place of intake -----------------------------------------------------


def tell_filing_declined(event: events.FilingDeclined, header: ChainHeader) -> list[Outgoing]:
    return to(
        event.intake_node,
        f"filing_copy:{event.subject_id}",
        messages.FilingDeclined(
            filing_id=event.subject_id,
            filing_number=event.filing_number,
            revision=event.revision,
            reason=event.reason,
        ),
    )


def tell_case_opened(event: events.CaseOpened, header: ChainHeader) -> list[Outgoing]:
    return _of_case(
        event,
        messages.CaseOpened(
            **_matter(event),
            revision=event.revision,
            mode=event.mode,  # type: ignore[arg-type]
            region=event.region,
            authority=event.authority,
            received_on=event.received_on,
            tell_once_due=values.due(event.tell_once_due),
        ),
    )


def tell_correction_requested(event: events.CaseCorrectionRequested, header: ChainHeader) -> list[Outgoing]:
    points = tuple(messages.CorrectionPoint(key=p.key, target=p.target, code=p.code) for p in event.points)
    return _of_case(
        event,
        messages.CaseCorrectionRequested(
            **_matter(event),
            round=event.round,
            about_revision=event.about_revision,
            points=points,
            personal=event.personal,
        ),
    )


def tell_correction_taken(event: events.CaseCorrectionTaken, header: ChainHeader) -> list[Outgoing]:
    return _of_case(
        event,
        messages.CaseCorrectionTaken(
            **_matter(event),
            round=event.round,
            revision=event.revision,
            returns_to=event.returns_to,  # type: ignore[arg-type]
            tell_once_due=values.due(event.tell_once_due) if event.tell_once_due else None,
            handling_due=values.due(event.handling_due) if event.handling_due else None,
        ),
    )


def tell_case_accepted(event: events.CaseAccepted, header: ChainHeader) -> list[Outgoing]:
    return _of_case(
        event,
        messages.CaseAccepted(
            **_matter(event),
            deemed=event.deemed,
            accepted_on=event.accepted_on,
            handling_days=event.handling_days,
            handling_due=values.due(event.handling_due),
        ),
    )


def tell_case_not_accepted(event: events.CaseNotAccepted, header: ChainHeader) -> list[Outgoing]:
    return _of_case(event, messages.CaseNotAccepted(**_matter(event), reasons=event.reasons, personal=event.personal))


def tell_case_decided(event: events.CaseDecided, header: ChainHeader) -> list[Outgoing]:
    return _of_case(
        event,
        messages.CaseDecided(
            **_matter(event),
            outcome=event.outcome,  # type: ignore[arg-type]
            decided_on=event.decided_on,
            reasons=event.reasons,
            result_type=event.result_type,
            personal=event.personal,
        ),
    )


def tell_case_delivered(event: events.CaseDelivered, header: ChainHeader) -> list[Outgoing]:
    return _of_case(event, messages.CaseDelivered(**_matter(event), method=event.method))  # type: ignore[arg-type]


def tell_case_closed(event: events.CaseClosed, header: ChainHeader) -> list[Outgoing]:
    return _of_case(event, messages.CaseClosed(**_matter(event), reason=event.reason))  # type: ignore[arg-type]


def tell_withdrawal_refused(event: events.CaseWithdrawalRefused, header: ChainHeader) -> list[Outgoing]:
    return _of_case(event, messages.CaseWithdrawalRefused(**_matter(event), reason=event.reason))


def tell_case_rebased(event: events.CaseRebased, header: ChainHeader) -> list[Outgoing]:
    return _of_case(
        event,
        messages.CaseRebased(
            **_matter(event),
            item=values.item(event.item),
            from_version=event.before.version,
            reason=event.reason,
            tell_once_due=values.due(event.tell_once_due) if event.tell_once_due else None,
            handling_due=values.due(event.handling_due) if event.handling_due else None,
            handling_days=event.handling_days,
        ),
    )


# --- words ---------------------------------------------------------------------------------------------------------


def to(node: str, stream: str, message: Any) -> list[Outgoing]:
    """One message to one node."""
    return [Outgoing(to=NodeId(node), stream_subject=stream, message=message)]


def _of_case(event: events.CaseEvent, message: Any) -> list[Outgoing]:
    return to(event.intake_node, f"case:{event.subject_id}", message)


def _matter(event: events.CaseEvent) -> dict[str, Any]:
    return {"case_id": event.subject_id, "filing_id": event.filing_id, "filing_number": event.filing_number}
