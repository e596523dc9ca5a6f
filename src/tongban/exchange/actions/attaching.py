"""Attachments that a message named: they will come, and a job fetches them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tongban.journal import clock, jobs


def expect_blobs(sender: str, digests: Sequence[str], *, at: datetime | None = None) -> tuple[str, ...]:
    """Note that ``sender`` named these digests; a job fetches what is missing. Inside an action or outside.

    Returns the digests that are not here yet, in the order given. Naming them again changes nothing, except that a
    further node becomes a source.
    """
    wanted = list(dict.fromkeys(digests))
    if not wanted:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO exchange_blob AS b (digest, state, media_type, retention, sources, tries, expected_at)
            SELECT d, 'expected', 'application/octet-stream', 'case', jsonb_build_array(%(sender)s::text), 0, %(at)s
            FROM unnest(%(digests)s::text[]) AS d ORDER BY d
            ON CONFLICT (digest) DO UPDATE SET sources = CASE
              WHEN b.sources ? %(sender)s THEN b.sources ELSE b.sources || jsonb_build_array(%(sender)s::text) END
            RETURNING digest, state
            """,
            {"sender": sender, "digests": wanted, "at": at or clock.now()},
        )
        missing = {digest for digest, state in cursor.fetchall() if state != "stored"}
    for digest in wanted:
        if digest in missing:
            jobs.enqueue("exchange.pull_blob", digest, {"digest": digest})
    return tuple(digest for digest in wanted if digest in missing)
