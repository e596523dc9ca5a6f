"""What happens to uploaded files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tongban.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class UploadAdded(Event):
    """A file was taken in: checked, whole, by digest. Its name may hold a person's name and stays in the sealed row."""

    name: ClassVar[str] = "materials.upload_added"
    subject_type: ClassVar[str] = "upload"
    filing_id: UUID | None
    requirement_key: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class UploadRemoved(Event):
    """The person took the file back. The row stays, so that a revision that names it still reads."""

    name: ClassVar[str] = "materials.upload_removed"
    subject_type: ClassVar[str] = "upload"
    digest: str
