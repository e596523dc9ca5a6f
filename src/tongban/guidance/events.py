"""What happens to readers' reports about guides."""

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
