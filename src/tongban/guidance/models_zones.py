"""What staff and readers keep about zones: content in its editions, contacts, what somebody follows, use counts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .rules.zone_content import OPEN, STATES


class ZoneContent(models.Model):
    """An edition of what a zone shows first: written by one item manager, published by another, then replaced."""

    id = models.UUIDField(primary_key=True)
    zone = models.CharField(max_length=40)
    content = models.JSONField(help_text="rules.zone_content: featured, policies")
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    author = models.TextField(help_text="reference of the actor")
    reviewer = models.TextField(null=True)
    note = models.CharField(max_length=500, default="", help_text="why it was returned")
    submitted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "guidance_zone_content"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="zone_content_state_known"),
            models.UniqueConstraint(
                fields=["zone"], condition=Q(state="published"), name="zone_one_edition_in_force"
            ),
            models.UniqueConstraint(fields=["zone"], condition=Q(state__in=OPEN), name="zone_one_open_edition"),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "replaced"])
                | (Q(reviewer__isnull=False, published_at__isnull=False) & ~Q(reviewer=F("author"))),
                name="zone_content_by_two_people",
            ),
        ]  # fmt: skip


class Contact(models.Model):
    """A unit's telephone about an item (or, with an empty entry, all items) at a place of this node."""

    id = models.UUIDField(primary_key=True)
    entry_key = models.CharField(max_length=40, default="", blank=True)
    region = models.CharField(max_length=6)
    unit = models.CharField(max_length=60)
    phone = models.CharField(max_length=30)
    hours = models.CharField(max_length=60)
    confirmed_on = models.DateField()

    class Meta:
        db_table = "guidance_contact"
        constraints = [models.UniqueConstraint(fields=["entry_key", "region"], name="contact_one_per_item_and_region")]


class Follow(models.Model):
    """A signed-in person wants to hear what is new about an item or at a place. Taken away with one press."""

    id = models.UUIDField(primary_key=True)
    person = models.TextField(help_text="reference of the person")
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=40)
    since = models.DateField()

    class Meta:
        db_table = "guidance_follow"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["item", "region"]), name="follow_kind_known"),
            models.UniqueConstraint(fields=["person", "kind", "key"], name="follow_once"),
        ]


class Use(models.Model):
    """How often a function of a zone was used on a day (R-139). Nobody's data."""

    function = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "guidance_use"
        constraints = [models.UniqueConstraint(fields=["function", "key", "day"], name="use_once_a_day")]
