"""What leaves this node about filings, cases and parts, and what is heard: two tables, nothing else.

``tell_*`` is pure: an event becomes messages that hold what the receiver needs and no more. ``hear_*`` calls one action
of this slice, which does nothing when it hears the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tongban.cases import events
from tongban.exchange.actions import Outgoing
from tongban.journal.values import ChainHeader
from tongban.kernel.events import Event
from tongban_wire import messages
from tongban_wire.envelope import Envelope

from . import hearing, telling, telling_parts

TELLERS: Final[Mapping[type[Event], Sequence[Callable[[Any, ChainHeader], list[Outgoing]]]]] = {
    events.FilingSubmitted: (telling.tell_filing_submitted,),
    events.FilingRevised: (telling.tell_filing_revised,),
    events.FilingWithdrawalRequested: (telling.tell_withdrawal_requested,),
    events.FilingResultDelivered: (telling.tell_result_delivered,),
    events.FilingDeclined: (telling.tell_filing_declined,),
    events.CaseOpened: (telling.tell_case_opened,),
    events.CaseCorrectionRequested: (telling.tell_correction_requested,),
    events.CaseCorrectionTaken: (telling.tell_correction_taken,),
    events.CaseAccepted: (telling.tell_case_accepted,),
    events.CaseNotAccepted: (telling.tell_case_not_accepted,),
    events.CaseDecided: (telling.tell_case_decided,),
    events.CaseDelivered: (telling.tell_case_delivered,),
    events.CaseClosed: (telling.tell_case_closed,),
    events.CaseWithdrawalRefused: (telling.tell_withdrawal_refused,),
    events.CaseRebased: (telling.tell_case_rebased,),
    events.PartCalled: (telling_parts.tell_part_called,),
    events.PartRebased: (telling_parts.tell_part_rebased,),
    events.PartOpened: (telling_parts.tell_part_opened,),
    events.PartDecided: (telling_parts.tell_part_decided,),
    events.PartLapsed: (telling_parts.tell_part_lapsed,),
}
"""Event → what is told to whom. Events that are absent stay at home."""

INBOUND: Final[Mapping[str, Callable[[Any, Envelope], None]]] = {
    messages.FilingSubmitted.TYPE: hearing.hear_filing_submitted,
    messages.FilingRevised.TYPE: hearing.hear_filing_revised,
    messages.FilingWithdrawalRequested.TYPE: hearing.hear_withdrawal_requested,
    messages.FilingResultDelivered.TYPE: hearing.hear_result_delivered,
    messages.FilingDeclined.TYPE: hearing.hear_filing_declined,
    messages.CaseOpened.TYPE: hearing.hear_case,
    messages.CaseCorrectionRequested.TYPE: hearing.hear_case,
    messages.CaseCorrectionTaken.TYPE: hearing.hear_case,
    messages.CaseAccepted.TYPE: hearing.hear_case,
    messages.CaseNotAccepted.TYPE: hearing.hear_case,
    messages.CaseDecided.TYPE: hearing.hear_case,
    messages.CaseDelivered.TYPE: hearing.hear_case,
    messages.CaseClosed.TYPE: hearing.hear_case,
    messages.CaseWithdrawalRefused.TYPE: hearing.hear_case,
    messages.CaseRebased.TYPE: hearing.hear_case,
    messages.PartCalled.TYPE: hearing.hear_part_called,
    messages.PartOpened.TYPE: hearing.hear_part,
    messages.PartRebased.TYPE: hearing.hear_part_rebased,
    messages.PartDecided.TYPE: hearing.hear_part,
}
"""Message type → what is done with it."""
