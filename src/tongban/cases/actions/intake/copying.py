"""Keeping a revision as it was received."""

from __future__ import annotations

from dataclasses import asdict

from tongban.cases.actions.heard import Heard
from tongban.cases.models import FilingCopy
from tongban.cases.models.sealed import seal
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban_wire import messages


def keep_copy(
    act: Act,
    said: messages.FilingSubmitted | messages.FilingRevised,
    heard: Heard,
    *,
    declined_reason: str | None = None,
) -> FilingCopy:
    """The copy, sealed. Its (filing, revision) is unique: a revision is taken once."""
    copy_id = new_id()
    return FilingCopy.objects.create(
        id=copy_id,
        filing_id=said.filing_id,
        filing_number=said.filing_number,
        revision=said.revision,
        sender=heard.sender,
        content_sealed=seal(said.personal or {}, table="copy", id=copy_id, column="content"),
        content_digest=said.content_digest,
        attachments=[asdict(attachment) for attachment in said.attachments],
        checks=asdict(said.checks) if said.checks else None,
        answers_round=said.answers_round if isinstance(said, messages.FilingRevised) else None,
        said_at=heard.at,
        received_at=act.at,
        declined_reason=declined_reason,
    )
