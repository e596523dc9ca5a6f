"""The part 联办环节: one step of a joint plan, at the place that has to do it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.rules.lifecycle.part import PartFacts, Status

from .pinned import PinnedItem
from .words import iff, known, rule


class Part(PinnedItem):
    """A part this node owns. ``case_id`` is the lead case, which may live elsewhere."""

    id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    filing_id = models.UUIDField()
    filing_number = models.TextField()
    step_key = models.TextField()
    seq = models.PositiveSmallIntegerField()
    step_name = models.TextField(help_text="环节名称, as the lead said it")
    lead_node = models.TextField()
    intake_node = models.TextField()
    region = models.CharField(max_length=6)
    authority = models.TextField(null=True)
    department = models.TextField(null=True)
    status = models.TextField()
    version = models.PositiveIntegerField(default=1)
    applicant_sealed = models.BinaryField()
    id_number_index = models.TextField(
        null=True, help_text="blind index of the identity number; null if it did not come along"
    )
    content_sealed = models.BinaryField(null=True, help_text="answers let to leave for this step; null once erased")
    attachments = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    limit_days = models.PositiveSmallIntegerField(help_text="working days")
    due_on = models.DateField()
    due_calendar = models.TextField()
    due_estimated = models.BooleanField(default=False)
    lapses_on = models.DateField(help_text="after this day it counts as unanswered")
    decided_on = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    words_sealed = models.BinaryField(null=True, help_text="note, or wording of the reasons")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "step_key"], name="part_per_case_and_step"),
            rule("part_status_known", "a part has a known status", known("status", Status)),
            rule(
                "part_decided_has_date",
                "a part that is no longer open has its day, and only such a one",
                iff(Q(status="open"), Q(decided_on__isnull=True)),
            ),
            rule(
                "part_refused_has_reasons",
                "refusing needs reasons, and only refusing has them",
                iff(Q(status="refused"), ~Q(reasons=[])),
            ),
            rule("part_lapses_after_due", "a part lapses after it was due", Q(lapses_on__gte=models.F("due_on"))),
        ]
        indexes = [
            models.Index(fields=["region", "due_on"], name="part_open_in_region", condition=Q(status="open")),
            models.Index(fields=["id_number_index"], name="part_by_id_number"),
        ]

    def facts(self, *, owner: str, attachments_missing: int = 0) -> PartFacts:
        """The row, frozen for the rules."""
        return PartFacts(
            part_id=self.id,
            owner=owner,
            status=Status(self.status),
            region=self.region,
            department=self.department,
            authority=self.authority,
            lapses_on=self.lapses_on,
            attachments_missing=attachments_missing,
        )
