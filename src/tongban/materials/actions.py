"""Taking files in, taking them back."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from typing import BinaryIO, Final, Protocol
from uuid import UUID

from tongban.config import config
from tongban.exchange import blobs
from tongban.journal.action import OutsideAction, Unchanged, action, inside_action, record
from tongban.journal.vault import sealer
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act, refuse_operating
from tongban.kernel.problems import Refusal

from .events import UploadAdded, UploadRemoved
from .models import Upload
from .policy import refuse_changing
from .queries import view_of
from .rules.files import ACCEPTED, EXTENSIONS, inspect
from .rules.names import sanitized
from .views import UploadView

__all__ = ["MOST_FILES", "add_upload", "attach_within", "remove_upload", "take_back_loose"]

MOST_FILES: Final = 50
"""Files of one filing, and loose files of one person."""
_CHUNK: Final = 64 * 1024
_IN_MEMORY: Final = 512 * 1024
_RETENTION: Final = "case"


class Readable(Protocol):
    """What an upload is read from: Django's ``UploadedFile``, an open file, a request body."""

    def read(self, size: int = -1, /) -> bytes: ...


def add_upload(
    act: Act,
    stream: Readable,
    filename: str,
    *,
    owner_ref: str,
    filing_id: UUID | None = None,
    requirement_key: str = "",
    declared_type: str = "",
    accepted: Collection[str] = ACCEPTED,
) -> UploadView:
    """Take a file in, or refuse it and keep nothing.

    1. May this actor add to this owner's matter?  2. The stream goes to a temporary file, at most
    ``upload_max_bytes``.  3. Type, name and content are checked (``rules.files``).  4. The bytes become a blob.
    5. One action writes the row and the fact.  A crash between 4 and 5 leaves a whole blob that nothing names.
    Refusals: ``permission.denied``, ``request.too_large``, ``request.file_type``, ``request.too_many_files``.
    """
    if refusal := refuse_changing(act.actor, owner_ref):
        raise refusal
    _refuse_too_many(owner_ref, filing_id)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        limit = config().upload_max_bytes
        _spool(stream, file, limit)  # type: ignore[arg-type]
        file.seek(0)
        content = file.read()
        media_type = inspect(content, filename=filename, declared=declared_type, max_bytes=limit, accepted=accepted)
        file.seek(0)
        digest = blobs.put(file, media_type=str(media_type), retention=_RETENTION)
    upload_id = new_id()
    row = Upload(
        id=upload_id,
        owner_ref=owner_ref,
        filing_id=filing_id,
        requirement_key=requirement_key,
        filename=sealer().seal(sanitized(filename, EXTENSIONS[media_type][0]), bound_to=f"upload:{upload_id}"),
        media_type=media_type,
        size=len(content),
        digest=digest,
        created_at=act.at,
    )
    return _keep(act, row)


@action
def _keep(act: Act, row: Upload) -> UploadView:
    row.save(force_insert=True)
    record(
        UploadAdded(
            subject_id=row.id,
            filing_id=row.filing_id,
            requirement_key=row.requirement_key,
            media_type=str(row.media_type),
            size=row.size,
            digest=row.digest,
        ),
        opens=True,
    )
    return view_of(row)


@action
def remove_upload(act: Act, upload_id: UUID) -> None:
    """Take a file back. Edges allow it while the filing is a draft or a correction is open; frozen revisions keep their
    digests whatever happens here. Idempotent."""
    row = Upload.objects.select_for_update().filter(id=upload_id).first()
    if row is None:
        raise Refusal("request.not_found")
    if refusal := refuse_changing(act.actor, row.owner_ref):
        raise refusal
    if row.removed_at is not None:
        raise Unchanged
    row.removed_at = act.at
    row.save(update_fields=["removed_at"])
    record(UploadRemoved(subject_id=row.id, digest=row.digest))


@action
def take_back_loose(act: Act, upload_id: UUID) -> None:
    """As :func:`remove_upload`, by this node, and only if no filing has named the file meanwhile (``state.stale``)."""
    refuse_operating(act.actor)
    row = Upload.objects.select_for_update().filter(id=upload_id, removed_at__isnull=True).first()
    if row is None:
        raise Unchanged
    if row.filing_id is not None:
        raise Refusal("state.stale")
    row.removed_at = act.at
    row.save(update_fields=["removed_at"])
    record(UploadRemoved(subject_id=row.id, digest=row.digest))


def attach_within(filing_id: UUID, uploads: Mapping[str, Sequence[UUID]], *, owner_ref: str) -> tuple[UploadView, ...]:
    """Inside another slice's action: give the owner's loose files to a new filing, per material key.

    Refuses ``request.not_found`` if one is not loose, not the owner's, or named twice.
    """
    if not inside_action():
        raise OutsideAction("attach_within")
    attached = []
    for key, ids in uploads.items():
        for upload_id in ids:
            changed = Upload.objects.filter(
                id=upload_id, owner_ref=owner_ref, filing_id__isnull=True, removed_at__isnull=True
            ).update(filing_id=filing_id, requirement_key=key)
            if not changed:
                raise Refusal("request.not_found", upload=str(upload_id))
            attached.append(upload_id)
    return tuple(view_of(row) for row in Upload.objects.filter(id__in=attached).order_by("id"))


def _refuse_too_many(owner_ref: str, filing_id: UUID | None) -> None:
    rows = Upload.objects.filter(owner_ref=owner_ref, filing_id=filing_id, removed_at__isnull=True)
    if rows.count() >= MOST_FILES:
        raise Refusal("request.too_many_files", limit=MOST_FILES)


def _spool(stream: Readable, file: BinaryIO, limit: int) -> None:
    """Copy at most ``limit`` bytes; one more is a refusal, and nothing further is read."""
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise Refusal("request.too_large", fields={"file": "too_large"}, limit=limit)
        file.write(chunk)
