"""The words that sentences are made of: references, files, dates; and what every sentence has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal

from .reading import to_json

Node = Annotated[str, re.compile(r"[a-z0-9][a-z0-9.-]{1,31}")]
Region = Annotated[str, re.compile(r"\d{6}", re.ASCII)]
Digest = Annotated[str, re.compile(r"sha-256:[0-9a-f]{64}")]
Key = Annotated[str, re.compile(r"[^\s\x00-\x1f\x7f]{1,100}")]
Compact = Annotated[str, re.compile(r"[A-Za-z0-9_-]{1,9000}(?:\.[A-Za-z0-9_-]{1,9000}){2}")]
"""A compact JWS inside a message."""
Base64 = Annotated[str, re.compile(r"[A-Za-z0-9_-]{1,30000}")]
"""Other bytes, in base64url."""
Mode = Literal["online", "proxy", "joint", "any_office"]
Channel = Literal["self", "window"]

TYPE_NAME: Final = re.compile(r"cn\.tongban\.[a-z]+(?:\.[a-z]+(?:_[a-z]+)*)/\d{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """The version of an item that the filing is pinned to (decision 8), and its entry in the list."""

    entry_key: Key
    owner: Node
    code: Key
    version: int
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file for the material requirement ``key``; pulled separately by ``digest``. ``size`` in bytes.

    Its name is personal: ``personal["filenames"][digest]``.
    """

    key: Key
    digest: Digest
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What the window of intake looked at (proxy): materials in order or not; how it knew the person."""

    passed: tuple[Key, ...]
    failed: tuple[Key, ...]
    identity_method: Key
    window: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPoint:
    """One point of a correction; its text is personal. ``target``: ``answer:<field>`` or ``material:<key>``."""

    key: Key
    target: str
    code: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A last day with the calendar it was computed from (decision 12)."""

    on: date
    calendar_version: str
    estimated: bool


@dataclass(frozen=True, kw_only=True)
class Message:
    """``PERSONAL`` names the keys the personal part may hold."""

    TYPE: ClassVar[str] = ""
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    personal: Mapping[str, Any] | None = field(default=None, repr=False, metadata={"wire": False})

    def __post_init__(self) -> None:
        if self.personal is not None and not self.PERSONAL.issuperset(self.personal):
            extra = sorted(set(self.personal) - self.PERSONAL)
            raise ValueError(f"{type(self).__name__}: not to be said: {extra}")

    @property
    def type(self) -> str:
        return self.TYPE

    def body(self) -> dict[str, Any]:
        """The public fields as JSON."""
        found: dict[str, Any] = to_json(self)
        return found


@dataclass(frozen=True, kw_only=True)
class NotUnderstood(Message):
    """A well-formed sentence of a type this program does not know. To be stored and parked, not dropped."""

    unknown_type: str
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Whatever the other side says is kept as it is."""

    @property
    def type(self) -> str:
        return self.unknown_type

    def body(self) -> dict[str, Any]:
        return dict(self.data)
