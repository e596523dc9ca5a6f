"""What happens at the place of intake: draft, submit, answer a correction, withdraw, hand over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tongban.journal.action import action
from tongban.kernel.people import Act


@action
def start_draft(
    act: Act,
    entry_key: str,
    mode: str,
    *,
    anchor_region: str,
    intake_region: str,
    releasing_region: str | None = None,
    for_person: Mapping[str, str] | None = None,
    window: str | None = None,
) -> UUID:
    """Open a draft. ``for_person`` (name, id_number, mobile) is given by a clerk in proxy mode, and only there."""
    raise NotImplementedError


@action
def save_draft(act: Act, filing_id: UUID, answers: Mapping[str, Any], *, seen: int) -> UUID:
    """Keep what has been filled in so far; faults are not refused here, a draft may be half done."""
    raise NotImplementedError


@action
def submit(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Freeze revision 1 and send it to the competent node."""
    raise NotImplementedError


@action
def discard(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Throw a draft away."""
    raise NotImplementedError


@action
def file(
    act: Act,
    entry_key: str,
    mode: str,
    *,
    anchor_region: str,
    intake_region: str,
    answers: Mapping[str, Any],
    releasing_region: str | None = None,
    for_person: Mapping[str, str] | None = None,
    uploads: Mapping[str, Sequence[UUID]] | None = None,
    also: Callable[[UUID, str], None] | None = None,
) -> UUID:
    """Draft and submit in one transaction, for departments' systems.

    ``uploads``: material key → ids of the actor's own loose uploads. ``also`` is called inside the transaction, after
    the last check and before the rows are written, with the new filing's id and number: the API keeps its idempotency
    key there, and raises to undo everything.
    """
    raise NotImplementedError


@action
def answer_correction(
    act: Act, filing_id: UUID, answers: Mapping[str, Any], point_answers: Mapping[str, str], *, seen: int
) -> UUID:
    """Freeze revision n+1; every point of the open round is answered in ``point_answers`` (point key → text)."""
    raise NotImplementedError


@action
def request_withdrawal(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Say that the applicant no longer wants it; the owner of the case answers."""
    raise NotImplementedError


@action
def record_checks(
    act: Act, filing_id: UUID, *, formal: Mapping[str, bool], identity_method: str, seen: int
) -> UUID:
    """Proxy: the window's formal check (material key → in order) and identity check (R-081)."""
    raise NotImplementedError


@action
def hand_over(act: Act, filing_id: UUID, *, seen: int) -> UUID:
    """Proxy: the result was handed to the applicant at the window."""
    raise NotImplementedError
