"""What an operator may do to the journal."""

from __future__ import annotations

from . import jobs


def replay_job(job_id: int) -> bool:
    """Let a parked job try again. False if no such job is parked."""
    return jobs.replay(job_id)
