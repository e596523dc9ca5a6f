"""Files handed in. The bytes stand in the exchange's blobs, by digest."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Upload(models.Model):
    """One file that somebody handed in for one requirement of a filing, or loose before there is a filing."""

    id = models.UUIDField(primary_key=True)
    owner_ref = models.TextField(help_text="in whose matter: a person's reference")
    filing_id = models.UUIDField(null=True)
    requirement_key = models.TextField(blank=True, help_text="key of the material in the item version; empty if loose")
    filename = models.BinaryField(help_text="sanitized name, sealed: people write names into file names")
    media_type = models.TextField(help_text="proven from the bytes")
    size = models.BigIntegerField(help_text="bytes")
    digest = models.TextField(help_text="sha-256:<hex> of the content")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
            models.CheckConstraint(
                condition=Q(media_type__in=["application/pdf", "image/jpeg", "image/png"]), name="upload_type_accepted"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^sha-256:[0-9a-f]{64}$"), name="upload_has_a_digest"),
            models.CheckConstraint(
                condition=Q(filing_id__isnull=True) | ~Q(requirement_key=""), name="upload_names_its_material"
            ),
            models.CheckConstraint(condition=~Q(owner_ref=""), name="upload_has_an_owner"),
        ]
        indexes = [
            models.Index(fields=["filing_id", "id"], name="upload_by_filing"),
            models.Index(fields=["owner_ref", "id"], name="upload_loose", condition=Q(filing_id__isnull=True)),
            models.Index(fields=["digest"], name="upload_by_digest"),
        ]
