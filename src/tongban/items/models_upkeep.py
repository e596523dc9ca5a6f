"""Rows of upkeep: the ordered feed of what changed in the catalog, and when a guide is to be looked at again."""

from __future__ import annotations

from django.db import models


class CatalogChange(models.Model):
    """One change of the catalog, written by triggers of the database whoever writes the catalog.

    Numbers are given under a lock that is held until the commit (``items_change_head``): whoever has read up to a
    number has missed nothing, and never will. ``kind``: entry | base | implementation | standing | scope |
    exemption | edition; ``change``: published | ended | changed | in_use | suspended | retired.
    """

    seq = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    change = models.CharField(max_length=20)
    owner = models.CharField(max_length=32)
    code = models.CharField(max_length=40)
    entry_key = models.CharField(max_length=40, default="")
    version = models.IntegerField(null=True)
    digest = models.CharField(max_length=80, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "items_change"


class GuideReview(models.Model):
    """When this node's guide of an item was last looked at, and by when again. No row: never since it was published."""

    code = models.CharField(primary_key=True, max_length=40)
    due_on = models.DateField()
    reviewed_on = models.DateField()
    by = models.TextField()
    note = models.TextField(default="")

    class Meta:
        db_table = "items_guide_review"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gt=models.F("reviewed_on")), name="guide_review_due_after_review"
            )
        ]
