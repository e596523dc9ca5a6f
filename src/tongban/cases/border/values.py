"""Values inside messages, made of the values inside events, field by field."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.cases import events
from tongban_wire import messages


def item(item: events.ItemRef) -> messages.ItemRef:
    return messages.ItemRef(
        entry_key=item.entry_key, owner=item.owner, code=item.code, version=item.version, digest=item.digest
    )


def due(due: events.DueDate) -> messages.DueDate:
    return messages.DueDate(on=due.on, calendar_version=due.calendar_version, estimated=due.estimated)


def checks(checks: events.ChecksMade | None) -> messages.Checks | None:
    if checks is None:
        return None
    return messages.Checks(
        passed=checks.passed,
        failed=checks.failed,
        identity_method=checks.identity_method,
        window=checks.window,
    )


def attachments(attachments: Sequence[events.Attachment]) -> tuple[messages.Attachment, ...]:
    return tuple(
        messages.Attachment(key=a.key, digest=a.digest, media_type=a.media_type, size=a.size) for a in attachments
    )
