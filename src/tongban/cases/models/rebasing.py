"""A case or a part moved to a later version of its item: the pin it left and the pin it took, never changed again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.cases.rules.rebasing import REASONS

from .case import Case
from .part import Part
from .words import known, rule


class Move(models.Model):
    """What both kinds of rows hold. A trigger of the database lets a pin change only along such a row."""

    id = models.UUIDField(primary_key=True)
    from_version = models.PositiveIntegerField()
    from_digest = models.TextField()
    to_version = models.PositiveIntegerField()
    to_digest = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        abstract = True


class CaseRebasing(Move):
    """One move of one case, by a person here, while the case is received or accepted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rebasings")
    status = models.TextField(help_text="of the case when it was moved")

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


class PartRebasing(Move):
    """One move of one open part: its lead moved the case."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="rebasings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "from_version"], name="part_rebasing_once_per_version"),
            rule(
                "part_rebasing_goes_forward", "a part is moved to a later version", Q(to_version__gt=F("from_version"))
            ),
            rule("part_rebasing_has_reason", "a move says why", known("reason", REASONS)),
        ]
