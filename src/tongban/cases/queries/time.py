"""What time has overtaken; for the periodic duties."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.cases.models import Case, Part
from tongban.kernel.time import local_date

MOST = 500


def silent_cases(at: datetime) -> tuple[UUID, ...]:
    """Received cases whose last day to tell anything is over, the longest silent first."""
    rows = Case.objects.filter(status="received", tell_due_on__lt=local_date(at)).order_by("tell_due_on", "id")
    return tuple(rows.values_list("id", flat=True)[:MOST])


def unanswered_parts(at: datetime) -> tuple[UUID, ...]:
    """Open parts whose time to lapse is over."""
    rows = Part.objects.filter(status="open", lapses_on__lt=local_date(at)).order_by("lapses_on", "id")
    return tuple(rows.values_list("id", flat=True)[:MOST])
