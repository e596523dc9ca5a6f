"""Rows of reach: scopes and exemptions of entries. The rules are in ``rules/scopes.py``."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ItemScope(models.Model):
    """One stage of an entry's reach, under the field names of ``rules.scopes.Scope``.

    The exclusion constraint ``scope_one_a_day`` (in the migration) refuses two dated stages of one entry, kind and area
    on one day. ``origin`` manager: set or changed by hand at this node, and left alone by the loader.
    """

    key = models.CharField(primary_key=True, max_length=80)
    entry_key = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=10)
    area = models.CharField(max_length=60, default="")
    members = models.JSONField(default=list)
    ends_meant = models.CharField(max_length=10, default="both")
    regions_known = models.BooleanField(default=True)
    begins = models.DateField(null=True)
    ends = models.DateField(null=True)  # the first day on which it no longer holds
    depends_on = models.CharField(max_length=40, default="")
    words = models.TextField(default="")
    source = models.TextField(default="")
    origin = models.CharField(max_length=10, default="shipped")

    class Meta:
        db_table = "items_scope"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cross_province", "province_wide", "regional"]), name="scope_kind_known"
            ),
            models.CheckConstraint(condition=Q(stage__in=["trial", "live"]), name="scope_stage_known"),
            models.CheckConstraint(condition=Q(ends_meant__in=["both", "there"]), name="scope_ends_known"),
            models.CheckConstraint(condition=Q(origin__in=["shipped", "manager"]), name="scope_origin_known"),
            models.CheckConstraint(condition=~Q(kind="regional") | ~Q(area=""), name="scope_regional_has_area"),
            models.CheckConstraint(
                condition=Q(begins__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("begins")),
                name="scope_forward",
            ),
        ]


class ItemExemption(models.Model):
    """A region that takes no part in an entry yet; ``exemption_one_a_day`` refuses two on one day."""

    key = models.CharField(primary_key=True, max_length=80)
    entry_key = models.CharField(max_length=40, db_index=True)
    region = models.CharField(max_length=6)
    begins = models.DateField()
    ends = models.DateField(null=True)
    words = models.TextField(default="")
    source = models.TextField(default="")
    origin = models.CharField(max_length=10, default="shipped")

    class Meta:
        db_table = "items_exemption"
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=["shipped", "manager"]), name="exemption_origin_known"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gt=F("begins")), name="exemption_forward"),
        ]
