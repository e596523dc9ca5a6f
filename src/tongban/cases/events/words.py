"""The words that events of this slice are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """The pinned item version (decision 8) and the entry of the list it was filed under."""

    entry_key: str
    owner: str
    code: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a revision. ``key`` names the material requirement; ``digest`` is ``sha-256:<hex>``."""

    key: str
    digest: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """A last day and the calendar it was computed from (decision 12)."""

    on: date
    calendar_version: str
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPoint:
    """One point of a correction request; its wording stands in ``personal`` under the same key.

    ``target`` is ``answer:<field>``, ``material:<key>`` or ``general``; ``code`` is missing | unclear | wrong |
    expired | mismatch | other.
    """

    key: str
    target: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksMade:
    """What the window looked at: materials in order or not; how it knew the person (R-081)."""

    passed: tuple[str, ...]
    failed: tuple[str, ...]
    identity_method: str
    window: str | None
