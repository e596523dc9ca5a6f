"""What an operator may do to the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from tongban.kernel.events import Event
from tongban.kernel.people import Act, refuse_operating
from tongban.kernel.problems import Refusal

from . import jobs
from .action import action, record


@dataclass(frozen=True, kw_only=True)
class JobReplayed(Event):
    """A person let a parked job try again. ``job`` is its number, ``parked_reason`` a code or the error's name."""

    name: ClassVar[str] = "journal.job_replayed"
    subject_type: ClassVar[str] = "job"

    job: int
    kind: str
    tries: int
    parked_reason: str


@action
def replay_job(act: Act, job_id: int) -> UUID:
    """Let a parked job try again; recorded, because it is a decision of a person. Refuses ``request.not_found``.

    For operators alone, as everything of this kind (``permission.denied``).
    """
    refuse_operating(act.actor)
    parked = jobs.find_parked(job_id)
    if parked is None or not jobs.replay(job_id):
        raise Refusal("request.not_found")
    subject = uuid5(NAMESPACE_URL, f"tongban:job:{job_id}")
    record(
        JobReplayed(
            subject_id=subject, job=job_id, kind=parked.kind, tries=parked.tries,
            parked_reason=parked.reason.partition(":")[0][:80],
        )
    )  # fmt: skip
    return subject
