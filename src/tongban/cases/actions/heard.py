"""What another node said, as actions take it: who, when it happened, where it stands in its owner's chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Heard:
    """``at``: when the fact happened at its owner; ``position``: in the chain of ``subject_type``:``subject_id``."""

    sender: str
    at: datetime
    name: str
    subject_type: str
    subject_id: UUID
    position: int
