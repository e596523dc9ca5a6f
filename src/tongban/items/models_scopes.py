"""Rows of reach: scopes and exemptions of entries. The rules are in ``rules/scopes.py``."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ItemScope(models.Model):
    """One stage of an entry's reach, under the field names of ``rules.scopes.Scope``.

    ``owner``: the node whose manager said it (``rules.powers.merged``); empty as it came with the program, and only
    then the loader changes it. ``unreleased``: said here, and in no release yet. The exclusion constraint
    ``scope_one_a_day`` (in the migrations) refuses two dated stages of one owner, entry, kind and area on one day.
    What two nodes said before they heard of each other stands side by side; ``tongban catalog check`` names it.
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
    owner = models.CharField(max_length=32, default="")
    unreleased = models.BooleanField(default=False)

    class Meta:
        db_table = "items_scope"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cross_province", "province_wide", "regional"]), name="scope_kind_known"
            ),
            models.CheckConstraint(condition=Q(stage__in=["trial", "live"]), name="scope_stage_known"),
            models.CheckConstraint(condition=Q(ends_meant__in=["both", "there"]), name="scope_ends_known"),
            models.CheckConstraint(condition=Q(unreleased=False) | ~Q(owner=""), name="scope_released_by_owner"),
            models.CheckConstraint(condition=~Q(kind="regional") | ~Q(area=""), name="scope_regional_has_area"),
            models.CheckConstraint(
                condition=Q(begins__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("begins")),
                name="scope_forward",
            ),
        ]


class ItemExemption(models.Model):
    """A region that takes no part in an entry yet; ``exemption_one_a_day`` refuses two of one owner on one day.
    ``owner`` and ``unreleased`` as in :class:`ItemScope`."""

    key = models.CharField(primary_key=True, max_length=80)
    entry_key = models.CharField(max_length=40, db_index=True)
    region = models.CharField(max_length=6)
    begins = models.DateField()
    ends = models.DateField(null=True)
    words = models.TextField(default="")
    source = models.TextField(default="")
    owner = models.CharField(max_length=32, default="")
    unreleased = models.BooleanField(default=False)

    class Meta:
        db_table = "items_exemption"
        constraints = [
            models.CheckConstraint(condition=Q(unreleased=False) | ~Q(owner=""), name="exemption_released_by_owner"),
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gt=F("begins")), name="exemption_forward"),
        ]
