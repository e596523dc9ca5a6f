"""Messages to other nodes and their streams. What was said is never changed; a trigger refuses it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboundStream(models.Model):
    """The last position given out in a stream (us → receiver, subject). The row lock orders concurrent tellers."""

    receiver = models.TextField()
    stream_subject = models.TextField()
    last_position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receiver", "stream_subject"], name="outbound_stream_once"),
        ]


class ToldChain(models.Model):
    """How far a receiver has been told of a subject's fact chain; what lies between is named by digest (decision 3)."""

    receiver = models.TextField()
    subject_type = models.TextField()
    subject_id = models.UUIDField()
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receiver", "subject_type", "subject_id"], name="told_chain_once"),
        ]


class Outbound(models.Model):
    """One message to one node, committed with the fact it reports. Signed once, before the first attempt."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        PARKED = "parked"

    seq = models.BigAutoField(primary_key=True)
    message_id = models.UUIDField(unique=True)
    receiver = models.TextField()
    stream_subject = models.TextField()
    position = models.PositiveIntegerField(help_text="from 1, gap-free per (receiver, stream_subject)")
    type = models.TextField()
    at = models.DateTimeField(help_text="when the fact happened")
    fact_id = models.UUIDField(null=True)
    chain = models.JSONField(help_text="chain header of the fact reported")
    told_before = models.PositiveIntegerField(help_text="the chain position this receiver knew of before")
    data = models.JSONField(help_text="the public fields")
    traceparent = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    state = models.TextField(choices=State, default=State.PENDING, db_default="pending")
    tries = models.PositiveIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True, help_text="not before this instant: it alone was refused for now")
    last_error = models.TextField(null=True)
    jws = models.TextField(null=True, help_text="the signed bytes, without the personal part")
    digest = models.TextField(null=True)
    receipt = models.TextField(null=True, help_text="the receiver's signed receipt")
    delivered_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    parked_reason = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receiver", "stream_subject", "position"], name="outbound_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="outbound_position_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "delivered", "parked"]), name="outbound_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", receipt__isnull=False, delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(receipt__isnull=True)),
                name="outbound_delivered_iff_receipt",
            ),
            models.CheckConstraint(
                condition=Q(state="parked", parked_reason__isnull=False, parked_at__isnull=False)
                | (~Q(state="parked") & Q(parked_reason__isnull=True)),
                name="outbound_parked_iff_reason",
            ),
            models.CheckConstraint(
                condition=Q(jws__isnull=True, digest__isnull=True) | Q(jws__isnull=False, digest__isnull=False),
                name="outbound_signed_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "seq"], name="outbound_due", condition=Q(state="pending")),
            models.Index(fields=["parked_at"], name="outbound_parked", condition=Q(state="parked")),
            models.Index(fields=["stream_subject"], name="outbound_by_stream"),
        ]


class OutboundPersonal(models.Model):
    """The erasable part of an outbound message: sealed. ``parts`` are the bytes that travel, once signed."""

    message_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField(help_text="the personal fields")
    sealed_parts = models.BinaryField(null=True, help_text="the salted bytes that travel")
    retention = models.TextField(default="case", help_text="retention class")
