"""Rows of publishing: versions of base items, proposals under review, standings, tasks, signed releases."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class BaseVersion(models.Model):
    """One version of a base item; never changed, only ended. An exclusion constraint refuses two on one day."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40)
    version = models.IntegerField()
    digest = models.CharField(max_length=80)
    content = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # the first day on which it no longer holds
    due_on = models.DateField(null=True)  # until when implementations follow; null: nothing to follow

    class Meta:
        db_table = "items_base_version"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="base_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="base_version_valid_forward",
            ),
        ]


class Proposal(models.Model):
    """A version somebody proposes and somebody else reviews. ``kind`` base: only at node 00."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        RETURNED = "returned"
        PUBLISHED = "published"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    entry_key = models.CharField(max_length=40)
    based_on = models.IntegerField()  # the version it was drawn from; publishing refuses if a later one exists
    elements = models.JSONField()
    valid_from = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=20, choices=State)
    batch = models.UUIDField(null=True, db_index=True)  # the import it came with
    author = models.TextField()
    reviewer = models.TextField(null=True)
    note = models.TextField(default="")
    seen = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "items_proposal"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["base", "implementation"]), name="proposal_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "published", "discarded"]),
                name="proposal_state_known",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=models.F("author")), name="proposal_second_person"
            ),
            models.UniqueConstraint(
                fields=["kind", "code"], condition=Q(state__in=["draft", "submitted", "returned"]),
                name="proposal_one_open",
            ),
        ]  # fmt: skip


class ItemStanding(models.Model):
    """Whether an owner's item is in use (code list item_state: 1, 2, 3). No row: in use."""

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=32)
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    release = models.IntegerField(null=True)

    class Meta:
        db_table = "items_standing"
        constraints = [
            models.UniqueConstraint(fields=["owner", "code"], name="standing_once"),
            models.CheckConstraint(
                condition=Q(state__in=["in_use", "suspended", "retired"]), name="standing_state_known"
            ),
        ]


class AdoptionTask(models.Model):
    """A base version changed uniform elements; this node's implementation has to follow by ``due_on``."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=40)
    base_version = models.IntegerField()
    fields = models.JSONField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "items_adoption_task"
        constraints = [models.UniqueConstraint(fields=["code", "base_version"], name="adoption_task_once")]


class Release(models.Model):
    """A signed document of what a node published, its own or a peer's. Numbers of a node have no gaps: a trigger takes
    only the next one (``items_release_in_order``)."""

    id = models.BigAutoField(primary_key=True)
    node = models.CharField(max_length=32)
    number = models.IntegerField()
    digest = models.CharField(max_length=80)
    signed = models.TextField()
    issued_at = models.DateTimeField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "items_release"
        constraints = [models.UniqueConstraint(fields=["node", "number"], name="release_once")]


class Released(models.Model):
    """Which of our own versions stand in which release."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    version = models.IntegerField()
    release = models.IntegerField()

    class Meta:
        db_table = "items_released"
        constraints = [models.UniqueConstraint(fields=["kind", "code", "version"], name="released_once")]
