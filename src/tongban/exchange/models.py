"""Messages out and in, their streams, the peers they go to, and attachments.

What proves something (signed bytes, receipts) is written once; a trigger refuses to change it. Only the columns that
say how far delivery got may move. Personal parts stand in tables of their own and can be deleted (decision 14).
"""

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
            models.UniqueConstraint(
                fields=["receiver", "stream_subject", "position"], name="outbound_position_once"
            ),
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="alarm_once"),
            models.CheckConstraint(
                condition=Q(owner__in=["operator", "supervisor", "directory"]), name="alarm_owner_known"
            ),
        ]


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
            models.CheckConstraint(
                condition=Q(state__in=["expected", "stored", "parked"]), name="blob_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="stored", size__isnull=False, stored_at__isnull=False)
                | (~Q(state="stored") & Q(stored_at__isnull=True)),
                name="blob_stored_iff_size",
            ),
            models.CheckConstraint(
                condition=~Q(state="parked") | Q(last_error__isnull=False), name="blob_parked_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^sha-256:[0-9a-f]{64}$"), name="blob_digest_shape"
            ),
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


__all__ = [
    "Alarm", "Blob", "BlobGrant", "Destination", "Inbound", "InboundPersonal", "InboundStream", "Outbound",
    "OutboundPersonal", "OutboundStream", "ToldChain",
]  # fmt: skip
