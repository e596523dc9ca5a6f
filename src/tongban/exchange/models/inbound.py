"""Messages from other nodes and how far each stream is applied. What came is never changed; a trigger refuses it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class InboundStream(models.Model):
    """How far a stream (sender → us, subject) has been applied. Who applies it holds the row's lock."""

    sender = models.TextField()
    stream_subject = models.TextField()
    applied_position = models.PositiveIntegerField(default=0, db_default=0)
    failures = models.PositiveIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True, help_text="not before this instant, after a failure")
    asks = models.PositiveIntegerField(default=0, db_default=0, help_text="how often a gap was asked for")
    ask_at = models.DateTimeField(null=True, help_text="when the gap is asked for again")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "stream_subject"], name="inbound_stream_once"),
        ]


class Inbound(models.Model):
    """One received message: evidence first (signed bytes, receipt), then how far its effect got."""

    class State(models.TextChoices):
        STORED = "stored"
        WAITING_GAP = "waiting_gap"
        APPLIED = "applied"
        PARKED = "parked"

    seq = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField()
    sender = models.TextField()
    stream_subject = models.TextField()
    position = models.PositiveIntegerField()
    type = models.TextField()
    jws = models.TextField(help_text="the signed bytes as they came, without the personal part")
    digest = models.TextField()
    kid = models.TextField()
    receipt = models.TextField(help_text="our signed receipt; a duplicate gets the same")
    received_at = models.DateTimeField()
    traceparent = models.TextField(null=True)
    state = models.TextField(choices=State, default=State.STORED, db_default="stored")
    reason = models.TextField(null=True, help_text="why it is parked: a code")
    params = models.JSONField(default=dict, db_default={})
    tries = models.PositiveIntegerField(default=0, db_default=0)
    last_error = models.TextField(null=True)
    applied_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "message_id"], name="inbound_message_once"),
            models.UniqueConstraint(fields=["sender", "stream_subject", "position"], name="inbound_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="inbound_position_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=["stored", "waiting_gap", "applied", "parked"]), name="inbound_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="parked", reason__isnull=False, parked_at__isnull=False)
                | (~Q(state="parked") & Q(reason__isnull=True)),
                name="inbound_parked_iff_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
                name="inbound_applied_iff_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sender", "stream_subject", "position"],
                name="inbound_open",
                condition=~Q(state="applied"),
            ),
            models.Index(fields=["seq"], name="inbound_due", condition=Q(state__in=["stored", "waiting_gap"])),
        ]


class InboundPersonal(models.Model):
    """The erasable part of a received message: the bytes that came, sealed. Deleting the row erases."""

    sender = models.TextField()
    message_id = models.UUIDField()
    sealed_parts = models.BinaryField()
    retention = models.TextField(default="case", help_text="retention class")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "message_id"], name="inbound_personal_once"),
        ]
