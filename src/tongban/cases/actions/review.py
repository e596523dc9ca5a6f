"""What the reviewer at the competent place does before deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tongban.journal.action import action
from tongban.kernel.people import Act


@dataclass(frozen=True, slots=True)
class Point:
    """One point to be corrected. ``target``: ``answer:<field>`` or ``material:<key>``; ``code``: missing | unclear |
    wrong | expired | other; ``text`` is the wording the applicant reads."""

    key: str
    target: str
    code: str
    text: str


@action
def accept(act: Act, case_id: UUID, *, seen: int) -> UUID:
    """受理: the handling clock starts."""
    raise NotImplementedError


@action
def not_accept(act: Act, case_id: UUID, *, reasons: Mapping[str, str], seen: int) -> UUID:
    """不予受理, with ``reasons`` (code → wording)."""
    raise NotImplementedError


@action
def request_correction(
    act: Act, case_id: UUID, *, points: Sequence[Point], reason: str | None = None, seen: int
) -> UUID:
    """一次性告知补正: all points at once; a further round needs ``reason`` (R-109)."""
    raise NotImplementedError
