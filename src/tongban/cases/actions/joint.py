"""Joint handling: what the owner of a part does, and what the lead does between parts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tongban.journal.action import action
from tongban.kernel.people import Act


@action
def complete_part(act: Act, part_id: UUID, *, note: str = "", seen: int) -> UUID:
    """This place's step is done."""
    raise NotImplementedError


@action
def refuse_part(act: Act, part_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """This place cannot do its step, with ``reasons`` (code → wording)."""
    raise NotImplementedError
