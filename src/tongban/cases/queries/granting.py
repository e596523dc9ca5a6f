"""Before granting: does the result say what its kind must say? Asked by the form and by the action alike."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tongban.cases.rules import result
from tongban.journal import clock
from tongban.kernel.time import local_date

from . import shapes
from .loading import load_case


def result_faults(case_id: UUID, number: str | None, valid_until: date | None) -> dict[str, str]:
    """Field → fault of a result to be granted today; empty if it will do."""
    row, _ = load_case(case_id)
    version = shapes.version_of(row)
    return result.faults(
        version.result_type if version else None, number, valid_until, decided_on=local_date(clock.now())
    )
