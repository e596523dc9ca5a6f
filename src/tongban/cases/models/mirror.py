"""Mirrors: what other nodes said about what they own. Written from messages; rebuilt from them at any time.

``heard_position`` is the chain position of the last fact heard from the owner; an older or repeated one changes
nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.rules.lifecycle.case import CloseReason, Status

from .filing import Filing
from .words import iff, known, rule

MIRRORED = ("called", "open", "completed", "refused", "lapsed")
"""What can be known of a part from outside."""


class CaseMirror(models.Model):
    """The case, as the place of intake knows it."""

    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, primary_key=True, related_name="case_mirror")
    case_id = models.UUIDField(unique=True)
    owner = models.TextField(help_text="competent node")
    status = models.TextField()
    close_reason = models.TextField(null=True)
    heard_position = models.PositiveIntegerField()
    heard_at = models.DateTimeField(help_text="when the last fact happened at its owner")
    since = models.DateTimeField(help_text="when the status began")
    revision = models.PositiveSmallIntegerField(help_text="the revision under review there")
    region = models.CharField(max_length=6)
    authority = models.TextField(null=True)
    received_on = models.DateField()
    due_on = models.DateField(null=True, help_text="of the clock that runs now")
    due_calendar = models.TextField(null=True)
    due_estimated = models.BooleanField(default=False)
    accepted_on = models.DateField(null=True)
    deemed = models.BooleanField(default=False)
    handling_days = models.PositiveSmallIntegerField(null=True)
    outcome = models.TextField(null=True)
    reasons = models.JSONField(default=list)
    result_sealed = models.BinaryField(null=True)
    decided_on = models.DateField(null=True)
    delivery_method = models.TextField(null=True)

    class Meta:
        constraints = [
            rule("case_mirror_status_known", "a mirror has a known status", known("status", Status)),
            rule(
                "case_mirror_closed_has_reason",
                "a closed mirror says why",
                iff(Q(status="closed"), Q(close_reason__isnull=False))
                & (Q(close_reason__isnull=True) | known("close_reason", CloseReason)),
            ),
            rule(
                "case_mirror_decided_has_outcome",
                "a decided mirror has an outcome",
                ~Q(status__in=["granted", "denied", "delivered"]) | Q(outcome__isnull=False),
            ),
        ]


class CorrectionMirror(models.Model):
    """A correction round, as the place of intake knows it: the task for whoever has to answer."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="corrections")
    round = models.PositiveSmallIntegerField()
    about_revision = models.PositiveSmallIntegerField()
    points = models.JSONField(help_text="key, target, code of each")
    words_sealed = models.BinaryField(help_text="texts and reason")
    requested_at = models.DateTimeField()
    answered_by_revision = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True, help_text="when the competent place took the answer")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "round"], name="correction_mirror_once"),
            rule(
                "correction_mirror_answer_is_whole",
                "an answer names its revision",
                iff(Q(answered_at__isnull=True), Q(answered_by_revision__isnull=True)),
            ),
        ]


class PartMirror(models.Model):
    """A part, as the lead and the place of intake know it. Written by the lead's call and by what its owner says."""

    part_id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField()
    filing_id = models.UUIDField()
    step_key = models.TextField()
    seq = models.PositiveSmallIntegerField()
    owner = models.TextField()
    region = models.CharField(max_length=6)
    status = models.TextField()
    heard_position = models.PositiveIntegerField(default=0, help_text="0: called, nothing heard yet")
    since = models.DateTimeField()
    due_on = models.DateField(null=True)
    due_calendar = models.TextField(null=True)
    due_estimated = models.BooleanField(default=False)
    decided_on = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    words_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "step_key"], name="part_mirror_per_case_and_step"),
            rule("part_mirror_status_known", "a mirrored part has a known status", known("status", MIRRORED)),
            rule(
                "part_mirror_heard_iff_not_called",
                "a part is merely called exactly as long as its owner has said nothing",
                iff(Q(status="called"), Q(heard_position=0)),
            ),
        ]
        indexes = [models.Index(fields=["filing_id", "seq"], name="part_mirror_of_filing")]
