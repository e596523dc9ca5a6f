"""Reading received messages back from the store: the evidence, held against what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.db import connection

from tongban.config import config
from tongban.journal.vault import sealer
from tongban_wire.envelope import Envelope, open_envelope
from tongban_wire.jws import read_header
from tongban_wire.problems import WireProblem
from tongban_wire.trust import NodeEntry, TrustList

from . import installation
from .rules.evidence import judge_of


@dataclass(frozen=True, slots=True)
class Stored:
    """A received message as it stands in the tables. ``sealed``: its personal part, None if it has none any more."""

    seq: int
    stream: int
    sender: str
    message_id: str
    position: int
    state: str
    type: str
    tries: int
    jws: str
    digest: str
    received_at: datetime
    sealed: bytes | None


_COLUMNS: Final = """
i.seq, s.id, i.sender, i.message_id::text, i.position, i.state, i.type, i.tries, i.jws, i.digest,
i.received_at, p.sealed_parts
FROM exchange_inbound i
  JOIN exchange_inboundstream s ON s.sender = i.sender AND s.stream_subject = i.stream_subject
  LEFT JOIN exchange_inboundpersonal p ON p.sender = i.sender AND p.message_id = i.message_id
"""


def open_rows(streams: Sequence[int], per_stream: int) -> list[Stored]:
    """The first unapplied messages of these streams, in order of stream and position."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} WHERE s.id = ANY(%s) AND i.position > s.applied_position"
            " AND i.position <= s.applied_position + %s ORDER BY s.id, i.position",
            [list(streams), per_stream],
        )
        return [Stored(*row) for row in cursor.fetchall()]


class _Checked(NamedTuple):
    """Stands for a key whose signature the gate has verified already; what is read back is held against its digest."""

    alg: str

    def verify(self, signature: bytes, data: bytes) -> bool:
        return True


class _AtTheDoor:
    """The trust list as it answers for messages that were verified when they came in."""

    def __init__(self, trust: TrustList) -> None:
        self._trust = trust
        self.is_expired = trust.is_expired

    def signer(self, kid: str, at: datetime) -> tuple[NodeEntry, _Checked]:
        entry, key = self._trust.signer(kid, at)
        return entry, _Checked(key.alg)

    def is_retired(self, type_name: str, at: datetime) -> bool:
        """It was not when it came in, or it would not be here."""
        return False


def opened(row: Stored, *, verified: bool = False) -> Envelope:
    """Its envelope, judged as :func:`.rules.evidence.judge_of` says. Raises ``WireProblem``.

    ``verified``: the signature was checked at the gate by this very node and is not checked again; that the bytes are
    the ones that came is checked by digest.
    """
    parts = (
        sealer().open(bytes(row.sealed), bound_to=f"{row.sender}/{row.message_id}") if row.sealed is not None else {}
    )
    raw = msgspec.json.encode({"jws": row.jws, "parts": parts})
    keys = installation.keys()
    trust, kid = keys.trust(), read_header(row.jws).kid
    if (took_effect := row.state == "applied") or not trust.knows(kid):
        trust = judge_of(trust, keys.trust_then(row.received_at), kid, took_effect=took_effect)
    judge: Any = _AtTheDoor(trust) if verified else trust
    envelope = open_envelope(raw, judge, receiver=config().node_id, at=row.received_at, erased_ok=True)
    if envelope.digest != row.digest:
        raise WireProblem("signature.wrong", "the stored bytes are not those that came")
    return envelope


def reopen(seq: int) -> Envelope:
    """The envelope of a stored message by its number. Raises ``WireProblem``."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} WHERE i.seq = %s", [seq])
        return opened(Stored(*cursor.fetchone()))


def applied(types: Sequence[str]) -> Iterator[Envelope]:
    """Every applied message of these types, in the order in which they were applied, each verified again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM exchange_inbound WHERE state = 'applied' AND type = ANY(%s)"
            " ORDER BY applied_at, sender, stream_subject, position",
            [list(types)],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    for number in numbers:
        yield reopen(number)
