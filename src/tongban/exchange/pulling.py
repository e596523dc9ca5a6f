"""Fetching attachments that another node named: signed request, resumed where it stopped, verified, then announced."""

from __future__ import annotations

import fcntl
import hashlib
import os
import random
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

import structlog
from django.db import connection

from tongban.config import config
from tongban.journal import clock
from tongban_wire.requests import sign_request

from . import blobs, installation
from .models import Blob
from .ports import CarrierError
from .rules.retry import backoff

log = structlog.get_logger(__name__)

TRIES: Final = 40
"""How often a peer may say that it has no such thing before the blob is parked."""


def blob_path(digest: str) -> str:
    """The path under a peer's address; also what the request's signature covers."""
    return f"/gate/v1/blobs/{digest}"


def pull(digest: str) -> bool:
    """Fetch one expected blob and announce it. True if it is here now; pauses itself on failure."""
    row = Blob.objects.filter(digest=digest).first()
    if row is None or row.state == Blob.State.PARKED:
        return False
    at = clock.now()
    if row.state == Blob.State.EXPECTED:
        if row.next_at is not None and row.next_at > at:
            return False
        try:
            _fetch(row)
        except CarrierError as error:
            _note_failure(row, at, error)
            return False
    announce(digest)
    return True


def announce(digest: str) -> None:
    """Tell the node that the bytes are here; again after a crash, for ``announced_at`` is written afterwards."""
    hook = installation.installed().on_blob_arrived
    if hook is not None:
        hook(digest)
    Blob.objects.filter(digest=digest, announced_at__isnull=True).update(announced_at=clock.now())


def _fetch(row: Blob) -> None:
    trust, me = installation.keys().trust(), config().node_id
    if me in row.sources and blobs.path_of(row.digest).is_file():
        _adopt_own(row)
        return
    last: CarrierError | None = None
    for source in row.sources:
        entry = trust.node(source)
        if entry is None or source == me:
            continue
        try:
            _fetch_unless_resting(row.digest, source, entry.address)
        except CarrierError as error:
            last = error
            continue
        return
    raise last or CarrierError("blob.no_source", permanent=False)


_resting: dict[str, tuple[int, datetime]] = {}
"""Source → (how often in a row it was not there, not before when it is asked again); of this process."""


def _fetch_unless_resting(digest: str, source: str, address: str) -> None:
    """One source that is away costs one time-out a pause, however many attachments wait for it."""
    failures, until = _resting.get(source, (0, clock.now()))
    if until > clock.now():
        raise CarrierError("peer.unreachable", detail="asked again later")
    try:
        _fetch_from(digest, source, address)
    except CarrierError as error:
        if error.code in ("peer.unreachable", "peer.timeout"):
            _resting[source] = (failures + 1, clock.now() + backoff(failures + 1, random.random()))
        raise
    _resting.pop(source, None)


def _fetch_from(digest: str, source: str, address: str) -> None:
    partial = blobs.folder("partial") / digest.removeprefix("sha-256:")
    with partial.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CarrierError("blob.being_fetched") from None
        if not _is_still(partial, file):  # who held it was done meanwhile: this is the finished blob by now
            raise CarrierError("blob.being_fetched")
        media_type = _receive(file, digest, source, address)
        size, found = _measure(partial)
        if found != digest:
            partial.unlink()
            raise CarrierError("blob.digest_wrong", detail=source)
        blobs.keep(partial, digest, size, media_type, "case", clock.now())


def _is_still(path: Path, file: BinaryIO) -> bool:
    """Whether the open file is the one that the path names now."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _receive(file: BinaryIO, digest: str, source: str, address: str) -> str:
    """Append what is missing; the peer may answer from the beginning. Returns the media type."""
    at, path, limit = clock.now(), blob_path(digest), config().upload_max_bytes
    authorization = sign_request(installation.keys().my_key(), "GET", path, at, uuid4().hex, receiver=source)
    offset = file.seek(0, os.SEEK_END)
    with installation.fetcher().fetch(address, path, authorization=authorization, offset=offset) as part:
        if part.total > limit:
            raise CarrierError("blob.too_large", permanent=True, detail=f"{part.total} bytes")
        if part.offset not in (0, offset):
            raise CarrierError("peer.answer_unreadable", detail="range")
        if part.offset == 0:
            file.truncate(0)
        size = part.offset
        for chunk in part.chunks:
            size += len(chunk)
            if size > part.total:
                file.truncate(0)
                raise CarrierError("peer.answer_unreadable", detail="longer than announced")
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        if size < part.total:
            raise CarrierError("peer.connection_broken", detail=f"{size} of {part.total} bytes")
        return part.media_type


def _measure(path: Path) -> tuple[int, str]:
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(blobs.CHUNK):
            size += len(chunk)
            hasher.update(chunk)
    return size, "sha-256:" + hasher.hexdigest()


def _adopt_own(row: Blob) -> None:
    """The file is here already (named to ourselves, or left by a crash before its row): verify, then say so."""
    size, found = _measure(blobs.path_of(row.digest))
    if found != row.digest:
        raise CarrierError("blob.digest_wrong", detail="own store")
    Blob.objects.filter(digest=row.digest).update(state=Blob.State.STORED, size=size, stored_at=clock.now())


def _note_failure(row: Blob, at: datetime, error: CarrierError) -> None:
    tries = row.tries + 1
    refused = error.code in ("blob.not_found", "blob.refused")
    park = error.permanent or (refused and tries >= TRIES)
    Blob.objects.filter(digest=row.digest).exclude(state=Blob.State.STORED).update(
        tries=tries,
        last_error=str(error)[:300],
        next_at=None if park else at + backoff(tries, random.random()),
        state=Blob.State.PARKED if park else Blob.State.EXPECTED,
    )
    log.warning("blob_not_fetched", digest=row.digest, code=error.code, parked=park)


def due(at: datetime, limit: int = 100) -> list[str]:
    """Blobs to fetch or to announce now: what a lost job would have left behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT digest FROM exchange_blob
            WHERE (state = 'expected' AND (next_at IS NULL OR next_at <= %s))
               OR (state = 'stored' AND announced_at IS NULL AND expected_at IS NOT NULL)
            ORDER BY expected_at NULLS LAST LIMIT %s
            """,
            [at, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def forget_partials(older_than: datetime) -> int:
    """Remove temporary files that nobody has written to since; returns how many."""
    removed = 0
    for path in blobs.folder("partial").iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                removed += 1
    return removed
