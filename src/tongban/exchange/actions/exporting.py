"""That somebody takes evidence out of the node is itself a fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from tongban.exchange.events import ExportMade
from tongban.journal.action import action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act, refuse_operating


@action
def note_export(act: Act, what: str, *, day: date | None = None, about: Sequence[str] = ()) -> UUID:
    """``what``: day, filing, case or another subject type; ``about``: ``type:uuid`` of each subject."""
    refuse_operating(act.actor)
    subject = new_id()
    record(ExportMade(subject_id=subject, what=what, day=day, about=tuple(about)), opens=True)
    return subject
