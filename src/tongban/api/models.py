"""Answers already given to creating requests, by the client's key."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Answer(models.Model):
    """The stored answer of one Idempotency-Key. Written in the transaction that created the thing; never changed."""

    id = models.BigAutoField(primary_key=True)
    client = models.TextField(help_text="the registered client; keys of two clients never meet")
    key = models.TextField()
    fingerprint = models.TextField(help_text="SHA-256 of method, path, person and body")
    status = models.PositiveSmallIntegerField()
    location = models.TextField()
    body = models.TextField(help_text="the JSON as it was answered")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="answer_once_per_key"),
            models.CheckConstraint(condition=models.Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                                   name="answer_has_a_fingerprint"),
            models.CheckConstraint(condition=models.Q(status__gte=200, status__lt=300), name="answer_was_a_success"),
        ]
