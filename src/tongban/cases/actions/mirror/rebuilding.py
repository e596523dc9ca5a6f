"""Mirrors dropped and written anew from the received messages that are kept; the rebuilt equal the former.

Only mirrors are touched: no filing moves, nobody is told, and what the applicant answered (a fact of this node) stays.
One fact says that it was done and how many there were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from tongban.cases.actions.heard import Heard
from tongban.cases.models import CaseMirror, CorrectionMirror, Filing, PartMirror
from tongban.cases.queries.loading import load_filing
from tongban.config import config
from tongban.journal.action import action, record
from tongban.kernel.events import Event
from tongban.kernel.people import Act, refuse_operating
from tongban_wire import messages

from . import case, part

CASE_TYPES = (
    messages.CaseOpened, messages.CaseCorrectionRequested, messages.CaseCorrectionTaken, messages.CaseAccepted,
    messages.CaseNotAccepted, messages.CaseDecided, messages.CaseDelivered, messages.CaseClosed,
    messages.CaseWithdrawalRefused, messages.CaseRebased,
)  # fmt: skip
PART_TYPES = (messages.PartCalled, messages.PartOpened, messages.PartDecided)
TYPES = tuple(kind.TYPE for kind in (*CASE_TYPES, *PART_TYPES))
"""The messages that mirrors are made of."""


@dataclass(frozen=True, kw_only=True)
class MirrorsRebuilt(Event):
    """All mirrors of this node were written anew from kept messages."""

    name: ClassVar[str] = "mirror.rebuilt"
    subject_type: ClassVar[str] = "node"

    cases: int
    parts: int
    messages: int


@action
def rebuild(act: Act, heard: Iterable[tuple[Any, Heard]]) -> UUID:
    """``heard``: every applied message of :data:`TYPES`, in the order in which they were applied.

    All or nothing: a message that does not fit raises, and the former mirrors stand.
    """
    refuse_operating(act.actor)
    count = write_anew(heard)
    node = uuid5(NAMESPACE_URL, f"tongban:node:{config().node_id}")
    cases, parts = CaseMirror.objects.count(), PartMirror.objects.count()
    record(MirrorsRebuilt(subject_id=node, cases=cases, parts=parts, messages=count))
    return node


def write_anew(heard: Iterable[tuple[Any, Heard]]) -> int:
    """Inside an action: drop all mirrors and write them from ``heard``; returns how many messages there were."""
    corrections = {(row.filing_id, row.round): row for row in CorrectionMirror.objects.select_for_update()}
    CorrectionMirror.objects.all().delete()
    CaseMirror.objects.all().delete()
    _forget_parts()
    count = 0
    for said, where in heard:
        count += 1
        if isinstance(said, CASE_TYPES):
            _case(said, where)
        else:
            _part(said, where)
    for row in CorrectionMirror.objects.all():
        former = corrections.get((row.filing_id, row.round))
        if former is not None and former.answered_at is not None:
            CorrectionMirror.objects.filter(pk=row.pk).update(
                answered_at=former.answered_at, answered_by_revision=former.answered_by_revision
            )
    return count


def _forget_parts() -> None:
    """Parts of cases that this node leads were called by itself, in no message to itself: they stand as called."""
    for row in PartMirror.objects.select_for_update():
        fresh = PartMirror(
            part_id=row.part_id, case_id=row.case_id, filing_id=row.filing_id, step_key=row.step_key, seq=row.seq,
            owner=row.owner, region=row.region, status="called", since=row.since,
        )  # fmt: skip
        fresh.save(force_update=True)


def _case(said: Any, heard: Heard) -> None:
    loaded = load_filing(said.filing_id)
    if loaded.mirror is not None and heard.position <= loaded.mirror.heard_position:
        return
    case._write_mirror(loaded, said, heard)
    case._write_correction(loaded.row, said, heard)


def _part(said: Any, heard: Heard) -> None:
    mirror = PartMirror.objects.filter(part_id=said.part_id).first()
    if isinstance(said, messages.PartCalled) and (
        said.node == config().node_id and not Filing.objects.filter(id=said.filing_id).exists()
    ):
        return  # ours to do; nobody here mirrors it
    position = 0 if isinstance(said, messages.PartCalled) else heard.position
    if mirror is None or position > mirror.heard_position:
        part._write_mirror(said, heard, mirror, position)


__all__ = ["TYPES", "MirrorsRebuilt", "rebuild", "write_anew"]
