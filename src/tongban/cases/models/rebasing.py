"""A case moved to a later version of its item: the pin it left and the pin it took, never changed again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.cases.rules.rebasing import REASONS

from .case import Case
from .words import known, rule


class CaseRebasing(models.Model):
    """One move of one case. A trigger of the database lets the pin of a case change only along such a row, and only
    while the case is received or accepted."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rebasings")
    status = models.TextField(help_text="of the case when it was moved")
    from_version = models.PositiveIntegerField()
    from_digest = models.TextField()
    to_version = models.PositiveIntegerField()
    to_digest = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "from_version"], name="rebasing_once_per_version"),
            rule("rebasing_goes_forward", "a case is moved to a later version", Q(to_version__gt=F("from_version"))),
            rule(
                "rebasing_of_running_case",
                "only a case that is received or accepted is moved",
                known("status", ["received", "accepted"]),
            ),
            rule("rebasing_has_reason", "a move says why", known("reason", REASONS)),
        ]
