"""What is heard from other nodes: each message calls one action, which does nothing when it hears the same again."""

from __future__ import annotations

from typing import Any

from tongban.cases.actions import intake, joint, mirror
from tongban.cases.actions.heard import Heard
from tongban.config import config
from tongban.exchange.actions import expect_blobs
from tongban.journal import clock
from tongban.kernel.ids import NodeId
from tongban.kernel.people import Act, peer
from tongban_wire import messages
from tongban_wire.envelope import Envelope


def hear_filing_submitted(said: messages.FilingSubmitted, envelope: Envelope) -> None:
    expect_blobs(envelope.sender, [attachment.digest for attachment in said.attachments])
    intake.receive_filing(_act(envelope), said, _heard(envelope))


def hear_filing_revised(said: messages.FilingRevised, envelope: Envelope) -> None:
    expect_blobs(envelope.sender, [attachment.digest for attachment in said.attachments])
    intake.take_revision(_act(envelope), said, _heard(envelope))


def hear_withdrawal_requested(said: messages.FilingWithdrawalRequested, envelope: Envelope) -> None:
    intake.answer_withdrawal(_act(envelope), said, _heard(envelope))


def hear_result_delivered(said: messages.FilingResultDelivered, envelope: Envelope) -> None:
    intake.note_delivery(_act(envelope), said, _heard(envelope))


def hear_filing_declined(said: messages.FilingDeclined, envelope: Envelope) -> None:
    mirror.note_decline(_act(envelope), said, _heard(envelope))


def hear_case(said: Any, envelope: Envelope) -> None:
    """Anything the competent node says about its case."""
    mirror.note_case(_act(envelope), said, _heard(envelope))


def hear_part_called(said: messages.PartCalled, envelope: Envelope) -> None:
    """The owner of the step opens its part; the place of intake, if it is another, notes the call."""
    if said.node == config().node_id:
        expect_blobs(envelope.sender, [attachment.digest for attachment in said.attachments])
        joint.open_part(_act(envelope), said, _heard(envelope))
    else:
        mirror.note_part(_act(envelope), said, _heard(envelope))


def hear_part_rebased(said: messages.PartRebased, envelope: Envelope) -> None:
    joint.take_version(_act(envelope), said, _heard(envelope))


def hear_part(said: Any, envelope: Envelope) -> None:
    """Anything the owner of a part says about it."""
    mirror.note_part(_act(envelope), said, _heard(envelope))


def _act(envelope: Envelope) -> Act:
    return Act(peer(NodeId(envelope.sender)), clock.now(), traceparent=envelope.traceparent)


def _heard(envelope: Envelope) -> Heard:
    chain = envelope.chain
    return Heard(envelope.sender, envelope.at, chain.name, chain.subject_type, chain.subject_id, chain.position)
