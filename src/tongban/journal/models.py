# ruff: noqa: PLC0414 — "as" says that the name is offered here too
"""Facts, their personal parts, jobs, periodic duties and the workers' heartbeats."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .daybook_models import DayBook as DayBook
from .daybook_models import DayBookLeaf as DayBookLeaf
from .daybook_models import DayBookStamp as DayBookStamp
from .daybook_models import PeerDayBook as PeerDayBook


class Fact(models.Model):
    """One thing that happened to one subject; chained, never changed (a trigger refuses it, and the role may not)."""

    id = models.UUIDField(primary_key=True)
    subject_type = models.TextField()
    subject_id = models.UUIDField()
    position = models.PositiveIntegerField(help_text="from 1, gap-free per subject")
    name = models.TextField()
    version = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField()
    personal_digest = models.TextField(null=True)
    header = models.BinaryField(help_text="the canonical bytes that the digest covers")
    digest = models.TextField()
    previous = models.TextField(blank=True)
    actor = models.TextField()
    at = models.DateTimeField(help_text="when it happened")
    recorded_at = models.DateTimeField(db_default=Now(), help_text="when it was written; the database's time")
    traceparent = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "position"], name="fact_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="fact_position_from_one"),
            models.CheckConstraint(
                condition=(Q(position=1) & Q(previous="")) | (Q(position__gt=1) & ~Q(previous="")),
                name="fact_names_its_previous",
            ),
        ]
        indexes = [models.Index(fields=["name", "recorded_at"], name="fact_by_name")]


class FactPersonal(models.Model):
    """The erasable part of a fact: sealed, with its salt. Deleting the row erases; the chain still verifies."""

    fact_id = models.UUIDField(primary_key=True)
    salt = models.BinaryField()
    sealed = models.BinaryField()
    retention = models.TextField(default="case", help_text="retention class")


class Job(models.Model):
    """One duty that must follow; deleted when done, parked with its reason when it cannot be done."""

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    key = models.TextField()
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    run_at = models.DateTimeField(db_default=Now())
    tries = models.PositiveIntegerField(default=0, db_default=0)
    leased_by = models.TextField(null=True)
    leased_until = models.DateTimeField(null=True)
    last_error = models.TextField(null=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_once"),
            models.CheckConstraint(
                condition=Q(parked_at__isnull=True) | Q(last_error__isnull=False),
                name="job_parked_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(leased_by__isnull=True, leased_until__isnull=True)
                | Q(leased_by__isnull=False, leased_until__isnull=False),
                name="job_lease_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["run_at"], name="job_due", condition=Q(parked_at__isnull=True))]


class Periodic(models.Model):
    """A duty that returns; leased, so that many workers do it once."""

    name = models.TextField(primary_key=True)
    next_at = models.DateTimeField(db_default=Now())
    leased_by = models.TextField(null=True)
    leased_until = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_error = models.TextField(null=True)


class WorkerBeat(models.Model):
    """A worker process and when it was last alive."""

    name = models.TextField(primary_key=True)
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    kinds = ArrayField(models.TextField(), default=list)
