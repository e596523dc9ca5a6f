"""What other slices see of materials: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file handed in. ``filename`` is safe to show and to put into a header; ``size`` in bytes."""

    id: UUID
    owner_ref: str
    filing_id: UUID | None
    requirement_key: str
    filename: str = field(repr=False)
    media_type: str = ""
    size: int = 0
    digest: str = ""
    created_at: datetime | None = None
