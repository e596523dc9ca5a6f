"""The golden vectors of day books, and what follows from the seed of a key."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import timedelta
from typing import Any

from vector_world import (
    BOOK,
    DAY,
    FIRST_BOOK,
    K44,
    K63,
    LEAVES_IN_ORDER,
    SEALED_BOOK,
    SEALED_FIRST_BOOK,
    SUITE,
)

from tongban_wire import daybook, jws
from tongban_wire.reading import to_json


def private_number(name: str) -> dict[str, str]:
    """What follows from the seed of an SM2 key: for libraries that do not take seeds."""
    if SUITE.alg == "EdDSA":
        return {}
    order = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    seed = hashlib.sha256(f"tongban vector key {name.replace('-', ' ')}".encode()).digest()
    return {"private": f"{1 + int.from_bytes(seed, 'big') % (order - 2):064x}"}


def day_books(envelope: str) -> dict[str, Any]:
    """``envelope``: a compact JWS of another kind."""
    data = [leaf.data for leaf in LEAVES_IN_ORDER]
    late = dataclasses.replace(BOOK, facts=4, root=daybook.root_of(data[:4]))
    early = dataclasses.replace(BOOK, closed_at=daybook.end_of(DAY) - timedelta(seconds=1))
    return {
        "books": [SEALED_FIRST_BOOK, SEALED_BOOK],
        "said": [to_json(FIRST_BOOK), to_json(BOOK)],
        "leaves": [to_json(leaf) | {"data": leaf.data.decode()} for leaf in LEAVES_IN_ORDER],
        "trees": [
            {"leaves": n, "root": daybook.root_of(data[:n]), "paths": [daybook.path_of(data[:n], i) for i in range(n)]}
            for n in range(len(data) + 1)
        ],
        "bad": [
            {"name": "another book of the same day", "book": daybook.seal_day_book(late, K63),
             "problem": "day_book.contradiction"},
            {"name": "a book that does not build on the day before", "problem": "day_book.not_consecutive",
             "book": daybook.seal_day_book(
                 dataclasses.replace(BOOK, day=DAY + timedelta(days=1), closed_at=BOOK.closed_at + timedelta(days=1),
                                     previous=None), K63)},
            {"name": "closed before the day was over", "book": daybook.seal_day_book(early, K63),
             "problem": "day_book.malformed"},
            {"name": "signed by another node", "problem": "key.not_the_senders",
             "book": jws.sign(jws.payload_of(SEALED_BOOK), K44, jws.DAY_BOOK)},
            {"name": "an envelope passed off as a day book", "book": envelope,
             "problem": "day_book.malformed"},
        ],
    }  # fmt: skip
