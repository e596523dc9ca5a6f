"""An item manager has looked at a guide and says by when it is to be looked at again."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from tongban.items import managing
from tongban.items.current import current
from tongban.items.events import GuideReviewed
from tongban.items.models import GuideReview
from tongban.items.rules.upkeep import may_be_next
from tongban.items.upkeep import REVIEWS
from tongban.journal.action import action, record
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal
from tongban.kernel.time import local_date

from .proposing import must_manage


@action
def review_guide(act: Act, code: str, *, next_on: date, note: str = "") -> UUID:
    """Refusals: permission.denied, request.not_found, request.invalid if ``next_on`` is not ahead or beyond a year."""
    must_manage(act)
    now, today = current(managing.kind(), code), local_date(act.at)
    if now is None:
        raise Refusal("request.not_found")
    if not may_be_next(next_on, today):
        raise Refusal("request.invalid", fields={"next_on": "date_wrong"})
    note = note.strip()[:2000]
    GuideReview.objects.update_or_create(
        code=code, defaults={"due_on": next_on, "reviewed_on": today, "by": act.actor.ref, "note": note}
    )
    subject = uuid5(REVIEWS, code)
    record(GuideReviewed(subject_id=subject, code=code, item_version=now.version, next_on=next_on, note=note))
    return subject
