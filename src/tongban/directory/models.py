"""The trust lists this node has adopted; rows are never changed or deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class TrustListRow(models.Model):
    """One adopted version, exactly as it was signed."""

    version = models.PositiveBigIntegerField(primary_key=True)
    digest = models.TextField(unique=True, help_text="sha-256 of the signed bytes")
    signed = models.TextField(help_text="compact JWS by the root key")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    source = models.TextField(choices=[(s, s) for s in ("file", "directory", "published")])
    adopted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "directory_trustlist"
        constraints = (
            models.CheckConstraint(
                condition=Q(source__in=("file", "directory", "published")), name="trustlist_source_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")), name="trustlist_expires_after_issue"
            ),
        )

    def __str__(self) -> str:
        return f"trust list {self.version}"
