"""Attachments and who may have them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Blob(models.Model):
    """An attachment by digest; the bytes stand in files. ``expected``: a message named it, it has not come yet."""

    class State(models.TextChoices):
        EXPECTED = "expected"
        STORED = "stored"
        PARKED = "parked"

    digest = models.TextField(primary_key=True)
    state = models.TextField(choices=State)
    size = models.BigIntegerField(null=True, help_text="bytes; null until stored")
    media_type = models.TextField(default="application/octet-stream")
    retention = models.TextField(default="case", help_text="retention class")
    sources = models.JSONField(default=list, help_text="nodes that named it to us")
    tries = models.PositiveIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.TextField(null=True)
    expected_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True, help_text="when its arrival was told inside the node")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["expected", "stored", "parked"]), name="blob_state_known"),
            models.CheckConstraint(
                condition=Q(state="stored", size__isnull=False, stored_at__isnull=False)
                | (~Q(state="stored") & Q(stored_at__isnull=True)),
                name="blob_stored_iff_size",
            ),
            models.CheckConstraint(
                condition=~Q(state="parked") | Q(last_error__isnull=False), name="blob_parked_has_reason"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^sha-256:[0-9a-f]{64}$"), name="blob_digest_shape"),
        ]
        indexes = [
            models.Index(
                fields=["expected_at"],
                name="blob_open",
                condition=Q(state="expected") | Q(state="stored", announced_at__isnull=True),
            ),
        ]


class BlobGrant(models.Model):
    """A node that was sent a message naming the digest; nobody else is served its bytes."""

    digest = models.TextField()
    node = models.TextField()
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "node"], name="blob_grant_once"),
        ]
