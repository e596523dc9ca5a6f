"""The file in which a node hands over what it holds, to be checked offline: one JSON object a line.

The first line says whose file it is and what it claims to hold completely (a subject's chain, or a day). Facts come
with their canonical header and body as texts, so that checking needs no canonical JSON. What else a line says of a
fact or a message (``claims``) is what the node's own tables say; it must agree with the signed or hashed bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from .problems import WireProblem
from .reading import MAX_TEXT, read_dataclass, to_json
from .strict import read_object, write_json
from .words import Digest, Key, Node

FORMAT: Final = "tongban-export/1"
MAX_LINE: Final = 4_000_000
MAX_FILE: Final = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Whose file, and its scope: the chain of one subject, or one day; None: a loose collection."""

    kind: Literal["export"] = "export"
    format: Literal["tongban-export/1"] = "tongban-export/1"
    node: Node
    made_at: datetime
    subject_type: Key | None = None
    subject_id: UUID | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A fact of the file's node. ``header``, ``body``, ``personal``: canonical JSON as text; ``salt``: hex."""

    kind: Literal["fact"] = "fact"
    header: Any
    digest: Digest
    recorded_at: datetime
    body: Any = None
    salt: Any = None
    personal: Any = None
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """An envelope as it travelled (``raw``: the object with ``jws`` and ``parts``) and the receipt for it, if any."""

    kind: Literal["message"] = "message"
    raw: Mapping[str, Any]
    receipt: Any = None
    at: datetime | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLine:
    """A signed day book of any node, and an RFC 3161 token over it (base64url) if there is one."""

    kind: Literal["day_book"] = "day_book"
    day_book: Any
    time_stamp: Any = None
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionLine:
    """That the fact with ``fact`` as digest stands in a day book of ``node``."""

    kind: Literal["inclusion"] = "inclusion"
    node: Node
    day: date
    fact: Digest
    recorded_at: datetime
    index: int
    facts: int
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A signed trust list."""

    kind: Literal["trust_list"] = "trust_list"
    trust_list: Any


Line = FactLine | MessageLine | BookLine | InclusionLine | ListLine
_KINDS: Final[Mapping[str, type[Any]]] = {
    "fact": FactLine, "message": MessageLine, "day_book": BookLine, "inclusion": InclusionLine, "trust_list": ListLine,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """An export as read. ``name`` is for people: the file's name."""

    name: str
    head: Head
    lines: tuple[Line, ...]

    def of(self, kind: type[Any]) -> list[Any]:
        return [line for line in self.lines if type(line) is kind]


def write_export(head: Head, lines: Iterable[Line]) -> Iterable[bytes]:
    """The lines of the file, each with its line end."""
    yield write_json(to_json(head)) + b"\n"
    for line in lines:
        yield write_json(to_json(line)) + b"\n"


def is_export(raw: bytes) -> bool:
    """Whether a file begins like an export."""
    first = raw[:MAX_TEXT].partition(b"\n")[0]
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("kind") == "export"


def read_export(raw: bytes, name: str = "") -> Bundle:
    """Reads strictly; lines of an unknown kind are left out. Raises ``WireProblem("export.malformed")`` by line."""
    lines: list[Line] = []
    head: Head | None = None
    for number, text in enumerate(raw.split(b"\n"), start=1):
        if not text.strip():
            continue
        try:
            if len(text) > MAX_LINE:
                raise WireProblem("export.malformed", "too long")
            value = read_object(text, "export.malformed")
            if head is None:
                head = read_dataclass(Head, value)
                continue
            kind = _KINDS.get(str(value.get("kind")))
            if kind is not None:
                lines.append(read_dataclass(kind, value))
        except WireProblem as problem:
            raise WireProblem("export.malformed", f"line {number}: {problem.detail or problem.code}") from None
    if head is None:
        raise WireProblem("export.malformed", "empty")
    return Bundle(name, head, tuple(lines))
