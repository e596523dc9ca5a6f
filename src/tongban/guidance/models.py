"""Counts, copies of what other nodes publish, readers' reports; with ``models_zones`` all tables of the slice. Only
``Follow`` knows who somebody is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .models_zones import Contact, Follow, Use, ZoneContent
from .rules.reports import OUTCOMES, PARTS

__all__ = ["Contact", "Coverage", "EntranceUse", "Follow", "Miss", "Report", "Use", "ZoneContent"]


class Miss(models.Model):
    """Words of a search that found nothing, or nothing that was wanted: how often on a day. Pruned (``keeping``)."""

    words = models.CharField(max_length=20)
    kind = models.CharField(max_length=8)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "guidance_miss"
        constraints = [
            models.UniqueConstraint(fields=["words", "kind", "day"], name="miss_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["none", "rejected"]), name="miss_kind_known"),
        ]


class EntranceUse(models.Model):
    """How often an old entrance led here on a day."""

    code = models.CharField(max_length=40)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "guidance_entranceuse"
        constraints = [models.UniqueConstraint(fields=["code", "day"], name="entrance_once_a_day")]


class Coverage(models.Model):
    """What a node last said it handles (``rules.coverage``), and how the last asking ended."""

    node = models.CharField(primary_key=True, max_length=32)
    content = models.JSONField(null=True)
    as_of = models.DateTimeField(null=True, help_text="when the node made the summary")
    heard_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    error = models.TextField(default="", help_text="code; empty: the last asking was answered")

    class Meta:
        db_table = "guidance_coverage"


class Report(models.Model):
    """A reader says that something in a guide is wrong. ``note`` is cleaned of long numbers before it is kept."""

    id = models.UUIDField(primary_key=True)
    entry_key = models.CharField(max_length=40)
    part = models.CharField(max_length=12)
    note = models.CharField(max_length=300, default="")
    reported_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "guidance_report"
        indexes = [models.Index(fields=["outcome", "reported_at"], name="report_open_first")]
        constraints = [
            models.CheckConstraint(condition=Q(part__in=PARTS), name="report_part_known"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, answered_at__isnull=True)
                | Q(outcome__in=OUTCOMES, answered_at__isnull=False),
                name="report_answered_iff_outcome",
            ),
        ]
