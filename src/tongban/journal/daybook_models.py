"""The closed days of this node and those that its peers sent. Rows are never changed; a trigger refuses it."""

from __future__ import annotations

from django.db import models


class DayBook(models.Model):
    """A day of this node, closed and signed (calendar day of Asia/Shanghai)."""

    day = models.DateField(primary_key=True)
    signed = models.TextField(help_text="the compact JWS, as sent to the peers")
    digest = models.TextField(unique=True, help_text="of the signed book; the next one names it")
    facts = models.PositiveIntegerField()
    root = models.TextField()
    closed_at = models.DateTimeField(help_text="by this node's clock")
    closed_in_database_at = models.DateTimeField(help_text="by the database's clock, as recorded_at of facts is")


class DayBookLeaf(models.Model):
    """Which book a fact stands in, and where. A fact stands in one book."""

    fact_id = models.UUIDField(primary_key=True)
    day = models.DateField()
    index = models.PositiveIntegerField(help_text="from 0, in the order of the tree")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "index"], name="day_book_leaf_once")]


class DayBookStamp(models.Model):
    """An RFC 3161 token over a book of ours; may come later than the book."""

    day = models.DateField(primary_key=True)
    token = models.TextField(help_text="DER in base64url")
    stamped_at = models.DateTimeField()


class PeerDayBook(models.Model):
    """A closed day of another node, as it signed it; the proof that it had that past."""

    node = models.TextField()
    day = models.DateField()
    signed = models.TextField()
    digest = models.TextField()
    time_stamp = models.TextField(null=True)
    message_id = models.UUIDField(help_text="the message that brought it; our receipt for it is our countersignature")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "day"], name="peer_day_book_once")]
