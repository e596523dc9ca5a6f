"""Recording a look at somebody's data before it is taken (decision 15). Not an action: no fact, no chain, one row."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from tongban.identity.models import AccessRecord
from tongban.journal.action import inside_action
from tongban.kernel.events import to_json
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act


class AccessInsideTransaction(RuntimeError):
    """The record would not be committed before the data is read. Record first, then open the transaction."""


def record_access(
    act: Act, subject_ref: str, purpose: str, fields: Iterable[str], *, case_ref: str = ""
) -> UUID | None:
    """Write down, and commit, that ``act.actor`` is about to read the data of ``subject_ref``.

    ``subject_ref`` is a person's reference or that of a thing about them (``"filing:<id>"``); ``purpose`` and
    ``fields`` are codes, e.g. ``"review"`` and ``("answers", "materials")``; ``case_ref`` names the matter. Returns
    the row's id, or None when the actor looks at their own data. Raises :class:`AccessInsideTransaction` when a
    transaction is open.
    """
    if act.actor.ref == subject_ref:
        return None
    if inside_action() or _in_business_transaction():
        raise AccessInsideTransaction(purpose)
    row = AccessRecord(
        id=new_id(),
        actor=act.actor.ref,
        client=act.actor.client,
        posts=to_json(act.actor.posts),
        subject_ref=subject_ref,
        case_ref=case_ref,
        purpose=purpose,
        fields=sorted(set(fields)),
        request_id=act.request_id,
        at=act.at,
    )
    row.save(force_insert=True)
    return row.id


def _in_business_transaction() -> bool:
    """A transaction other than the one that Django's test case wraps around a test."""
    return connection.in_atomic_block and not all(
        getattr(block, "_from_testcase", False) for block in connection.atomic_blocks
    )
