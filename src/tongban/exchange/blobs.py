"""Attachments by digest: a folder of files whose names are their digests, and a row for each.

Bytes are written to a temporary file, flushed to disk, renamed and the folder flushed, before any row says that they
are there. The same bytes are kept once. Every blob has a retention class (decision 14).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from django.db import connection

from tongban.config import config
from tongban.journal import clock, crash
from tongban.kernel.problems import Refusal

from .models import Blob, BlobGrant
from .rules import crash_points

DIGEST: Final = re.compile(r"sha-256:[0-9a-f]{64}")
CHUNK: Final = 64 * 1024


class BlobMissing(LookupError):
    """The bytes are not here (yet)."""


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """What is known of an attachment. ``size`` is None until it has arrived."""

    digest: str
    stored: bool
    size: int | None
    media_type: str
    state: str
    last_error: str | None = None


def put(content: bytes | BinaryIO | Iterable[bytes], media_type: str, retention: str = "case") -> str:
    """Keep bytes durably; returns their digest ``"sha-256:<hex>"``. Refuses ``request.too_large`` beyond the limit
    and ``node.unavailable`` while nothing can be written (outage policy: storage).

    May be called inside an action: if that rolls back, the file stays without a row, which harms nothing.
    """
    try:
        partial = folder("partial") / uuid4().hex
    except OSError as error:
        raise Refusal("node.unavailable", dependency="storage") from error
    hasher, size, limit = hashlib.sha256(), 0, config().upload_max_bytes
    try:
        with partial.open("xb") as file:
            for chunk in _chunks(content):
                size += len(chunk)
                if size > limit:
                    raise Refusal("request.too_large", limit=limit)
                hasher.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        digest = "sha-256:" + hasher.hexdigest()
        keep(partial, digest, size, media_type, retention, clock.now())
    except OSError as error:
        raise Refusal("node.unavailable", dependency="storage") from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return digest


def keep(partial: Path, digest: str, size: int, media_type: str, retention: str, at: datetime) -> None:
    """Move a complete, flushed and verified temporary file to its place and say so in the row."""
    crash.point(crash_points.BLOB_WRITTEN)
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    partial.replace(place)
    _flush_folder(place.parent)
    _flush_folder(place.parent.parent)
    crash.point(crash_points.BLOB_RENAMED)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO exchange_blob AS b (digest, state, size, media_type, retention, sources, tries, stored_at)
            VALUES (%s, 'stored', %s, %s, %s, '[]', 0, %s)
            ON CONFLICT (digest) DO UPDATE
            SET state = 'stored', size = excluded.size, media_type = excluded.media_type,
                stored_at = excluded.stored_at, last_error = NULL, next_at = NULL
            WHERE b.state <> 'stored'
            """,
            [digest, size, media_type, retention, at],
        )
    crash.point(crash_points.BLOB_STORED)


@contextmanager
def open_blob(digest: str) -> Iterator[BinaryIO]:
    """The bytes, for reading. Raises :class:`BlobMissing`."""
    try:
        with path_of(digest).open("rb") as file:
            yield file
    except FileNotFoundError:
        raise BlobMissing(digest) from None


def open(digest: str) -> BinaryIO:
    """The bytes as an open file; the caller closes it. Raises :class:`BlobMissing`."""
    try:
        return path_of(digest).open("rb")
    except FileNotFoundError:
        raise BlobMissing(digest) from None


def has(digest: str) -> bool:
    """Whether the bytes are here and the row says so."""
    return Blob.objects.filter(digest=digest, state=Blob.State.STORED).exists() and path_of(digest).is_file()


def info(digests: Iterable[str]) -> dict[str, BlobInfo]:
    """What is known of each digest; unknown ones are absent."""
    return {
        row.digest: BlobInfo(
            row.digest, row.state == Blob.State.STORED, row.size, row.media_type, row.state, row.last_error
        )
        for row in Blob.objects.filter(digest__in=list(digests))
    }


def may_have(node: str, digest: str) -> bool:
    """Whether this node has sent ``node`` a message that names the digest."""
    return BlobGrant.objects.filter(node=node, digest=digest).exists()


def path_of(digest: str) -> Path:
    """Where the bytes stand or would stand. Raises ValueError for anything that is not a digest."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    name = digest.removeprefix("sha-256:")
    return config().blob_dir / name[:2] / name


def folder(name: str) -> Path:
    """A folder beside the blobs, on the same file system, so that a rename is atomic."""
    place = config().blob_dir / name
    place.mkdir(parents=True, exist_ok=True)
    return place


def _chunks(content: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, (bytes, bytearray, memoryview)):
        yield bytes(content)
    elif hasattr(content, "read"):
        while chunk := content.read(CHUNK):
            yield chunk
    else:
        yield from content


def _flush_folder(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
