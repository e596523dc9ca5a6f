"""Reading what was handed in. Whoever opens another's file has recorded the access first (identity.record_access)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from tongban.exchange import blobs
from tongban.journal.vault import sealer
from tongban.kernel.problems import Refusal

from .models import Upload
from .rules.files import EXTENSIONS, MediaType
from .views import UploadView

__all__ = [
    "UploadView", "abandoned", "find_upload", "loose_uploads", "open_upload", "upload", "uploads", "uploads_by_ids",
]  # fmt: skip


def uploads(filing_id: UUID) -> tuple[UploadView, ...]:
    """The files of a filing that were not removed, oldest first."""
    return _views(filing_id=filing_id, removed_at__isnull=True)


def loose_uploads(owner_ref: str) -> tuple[UploadView, ...]:
    """The person's files that belong to no filing yet."""
    return _views(owner_ref=owner_ref, filing_id__isnull=True, removed_at__isnull=True)


def abandoned(before: datetime, limit: int = 500) -> tuple[UUID, ...]:
    """Loose files that were taken in before an instant and that no filing named since, the oldest first."""
    rows = Upload.objects.filter(filing_id__isnull=True, removed_at__isnull=True, created_at__lt=before)
    return tuple(rows.order_by("created_at", "id").values_list("id", flat=True)[:limit])


def uploads_by_ids(ids: Collection[UUID], *, owner_ref: str) -> tuple[UploadView, ...]:
    """These files of this owner; ``request.not_found`` (``upload`` names the first) if one is not the owner's."""
    found = _views(id__in=list(ids), owner_ref=owner_ref, removed_at__isnull=True)
    missing = set(ids) - {view.id for view in found}
    if missing:
        raise Refusal("request.not_found", upload=str(min(missing)))
    return found


def find_upload(upload_id: UUID) -> UploadView | None:
    return next(iter(_views(id=upload_id, removed_at__isnull=True)), None)


def upload(upload_id: UUID) -> UploadView:
    view = find_upload(upload_id)
    if view is None:
        raise Refusal("request.not_found")
    return view


def open_upload(upload_id: UUID) -> tuple[UploadView, BinaryIO]:
    """The file's description and its bytes. Edges send it with ``nosniff``, the proven type and as an attachment."""
    view = upload(upload_id)
    return view, blobs.open(view.digest)


def _views(**wanted: object) -> tuple[UploadView, ...]:
    return tuple(view_of(row) for row in Upload.objects.filter(**wanted).order_by("id"))


def view_of(row: Upload) -> UploadView:
    name = sealer().open(bytes(row.filename), bound_to=f"upload:{row.id}") if row.filename else ""
    return UploadView(
        row.id,
        row.owner_ref,
        row.filing_id,
        row.requirement_key,
        str(name) or "材料" + EXTENSIONS[MediaType(row.media_type)][0],
        row.media_type,
        row.size,
        row.digest,
        row.created_at,
    )
