"""Papers that go with some filings: made from a number, handed in as a person would, and looked for at the end."""

from __future__ import annotations

import hashlib
import io
import random
import zlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from .audit import Books, Findings

SHARE: Final = 0.6
"""Of all filings, how many carry a paper."""

MATERIAL: Final = {"QH2020-2-48": "training_proof", "QH2020-1-07": "contribution_record",
                   "QH2020-1-05": "termination_proof"}  # fmt: skip
"""Item → the material that a paper is handed in for."""


def picture(number: int) -> bytes:
    """A whole PNG of noise, two to three hundred kilobytes, always the same for the same number."""
    rng = random.Random(f"tongban paper {number}")
    width, height = 64, rng.choice((32, 300, 1200, 4600))
    rows = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    kind, data = chunk
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def digest_of_picture(number: int) -> str:
    return "sha-256:" + hashlib.sha256(picture(number)).hexdigest()


def hand_in(who: str, number: int) -> UUID:
    """The id of the loose upload with this picture: what an attempt before left lying is taken up again."""
    from tongban.materials import actions, queries
    from tongban.ops import player

    act, digest = player.act(who), digest_of_picture(number)
    for found in queries.loose_uploads(act.actor.ref):
        if found.digest == digest:
            return found.id
    return actions.add_upload(act, io.BytesIO(picture(number)), "材料.png", owner_ref=act.actor.ref).id


def read_again(digest: str) -> str | None:
    """What the bytes of an attachment come to when they are read from this node's disk; None if there are none."""
    from tongban.exchange import blobs

    try:
        with blobs.open_blob(digest) as file:
            return "sha-256:" + hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except blobs.BlobMissing:
        return None


# --- the audit ------------------------------------------------------------------------------------------------------


def compare_papers(papers: Mapping[str, tuple[str, str, str]], books: Books, found: Findings) -> None:
    """``papers``: filing number → (intake node, owner of its case, digest the person was told).

    Each must be named by the revision at its intake and by the owner's copy, and stand whole at both. Whatever else a
    copy or a part names must stand whole at its node, too. One that is still expected or parked is named as that.
    """
    blobs = {node: {row["digest"]: row for row in tables["blobs"]} for node, tables in books.items()}
    named = {(node, row["number"], row["digest"]) for node, tables in books.items() for row in tables["attached"]}
    found.counts["attachments accepted"] = len(papers)
    for number, (intake, owner, digest) in papers.items():
        for node in dict.fromkeys((intake, owner)):
            if (node, number, digest) not in named:
                found.lost.append(f"{number}: {node} does not name the attachment {digest}")
    for node, number, digest in sorted(named):
        row = blobs[node].get(digest)
        about = f"{number}: attachment {digest} at {node}"
        if row is None:
            found.lost.append(f"{about} is not known")
        elif row["state"] == "parked":
            found.parked.append(f"{about}: {row['error']}")
        elif row["state"] != "stored":
            found.open.append(f"{about} is still {row['state']}: {row['error']}")
        elif row["found"] is None:
            found.lost.append(f"{about} has no bytes")
        elif row["found"] != digest:
            found.unverifiable.append(f"{about} reads as {row['found']}")
        else:
            found.counts["attachments whole"] += 1
