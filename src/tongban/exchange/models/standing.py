"""How peers, dependencies and alarms stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Destination(models.Model):
    """A peer as the courier sees it: back-off, lease, when it last answered."""

    node = models.TextField(primary_key=True)
    failures = models.PositiveIntegerField(default=0, db_default=0, help_text="in a row")
    next_at = models.DateTimeField(null=True, help_text="not before this instant; null: at once")
    failing_since = models.DateTimeField(null=True, help_text="the first of the failures in a row")
    last_ok_at = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(null=True)
    leased_by = models.TextField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failures=0, next_at__isnull=True) | Q(failures__gt=0),
                name="destination_waits_only_after_failure",
            ),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True, leased_until__isnull=True)
                | Q(leased_by__isnull=False, leased_until__isnull=False),
                name="destination_lease_is_whole",
            ),
        ]


class Alarm(models.Model):
    """Something that needs a person, now or once. Its facts are the history; this row is how it stands."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    key = models.TextField(help_text="what it is about: a node, or all")
    owner = models.TextField(help_text="operator, supervisor or directory")
    params = models.JSONField(default=dict, db_default={})
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text="when its owner was written to; null: not yet")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="alarm_once"),
            models.CheckConstraint(
                condition=Q(owner__in=["operator", "supervisor", "directory"]), name="alarm_owner_known"
            ),
        ]


class Dependency(models.Model):
    """Something outside that the node needs, as whoever used it last found it; shared by all processes of the node."""

    name = models.TextField(primary_key=True, help_text="storage, time_stamper, mail or directory")
    failing_since = models.DateTimeField(null=True, help_text="the first of the failures in a row; null: it works")
    last_ok_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField()
    last_error = models.TextField(null=True, help_text="a code, for operators")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True) | Q(last_error__isnull=False),
                name="dependency_failure_has_code",
            ),
        ]
