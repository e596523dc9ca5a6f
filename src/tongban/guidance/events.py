"""What happens to readers' reports, contents of zones, contacts and what people follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tongban.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ErrorReported(Event):
    """A reader found something wrong in the guide of an entry. Who is not known."""

    name: ClassVar[str] = "guidance.error_reported"
    subject_type: ClassVar[str] = "guide_report"

    entry_key: str
    part: str


@dataclass(frozen=True, kw_only=True)
class ErrorAnswered(Event):
    """The item manager settled the report. ``outcome``: fixed, no_error, passed_on."""

    name: ClassVar[str] = "guidance.error_answered"
    subject_type: ClassVar[str] = "guide_report"

    entry_key: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ZoneContentSubmitted(Event):
    """A new edition of what a zone shows first lies with a second person."""

    name: ClassVar[str] = "guidance.zone_content_submitted"
    subject_type: ClassVar[str] = "zone_content"

    zone: str
    featured: tuple[str, ...]
    policies: int


@dataclass(frozen=True, kw_only=True)
class ZoneContentPublished(Event):
    """A second person put the edition up."""

    name: ClassVar[str] = "guidance.zone_content_published"
    subject_type: ClassVar[str] = "zone_content"

    zone: str


@dataclass(frozen=True, kw_only=True)
class ZoneContentReturned(Event):
    """A second person gave the edition back."""

    name: ClassVar[str] = "guidance.zone_content_returned"
    subject_type: ClassVar[str] = "zone_content"

    zone: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ZoneContentDiscarded(Event):
    """A returned edition was given up for a new one."""

    name: ClassVar[str] = "guidance.zone_content_discarded"
    subject_type: ClassVar[str] = "zone_content"

    zone: str


@dataclass(frozen=True, kw_only=True)
class ContactRecorded(Event):
    """Whom to call about an item at a place was written down, confirmed the same day."""

    name: ClassVar[str] = "guidance.contact_recorded"
    subject_type: ClassVar[str] = "contact"

    entry_key: str
    region: str
    unit: str
    phone: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class ContactConfirmed(Event):
    """Somebody made sure that the contact is still right."""

    name: ClassVar[str] = "guidance.contact_confirmed"
    subject_type: ClassVar[str] = "contact"


@dataclass(frozen=True, kw_only=True)
class ContactRemoved(Event):
    """The contact is not to be called any more."""

    name: ClassVar[str] = "guidance.contact_removed"
    subject_type: ClassVar[str] = "contact"


@dataclass(frozen=True, kw_only=True)
class FollowStarted(Event):
    """A person wants to hear what is new about an item or a place. Which one is not in the chain."""

    name: ClassVar[str] = "guidance.follow_started"
    subject_type: ClassVar[str] = "follow"

    kind: str


@dataclass(frozen=True, kw_only=True)
class FollowEnded(Event):
    """A person no longer wants to hear it."""

    name: ClassVar[str] = "guidance.follow_ended"
    subject_type: ClassVar[str] = "follow"
