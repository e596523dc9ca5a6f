"""Rows of the lists: which there are, their editions, and the yearly reports on what is to come later."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class ItemList(models.Model):
    """A list of items as an office put it out. ``verified`` is False while its text is not at hand (待核).

    ``form``: cross_province, province_wide (全省通办) or regional (``area`` names the group). ``batches``: objects
    ``{"batch", "words", "due_on", "expected"}``; ``expected`` None: the source gives no number.
    """

    code = models.CharField(primary_key=True, max_length=20)
    name = models.TextField()
    name_en = models.TextField()
    form = models.CharField(max_length=20)
    increment = models.BooleanField(default=False)  # 新增任务清单: adds to an earlier list
    publisher = models.TextField()
    region = models.CharField(max_length=6, default="")
    area = models.CharField(max_length=60, default="")
    document = models.TextField(default="")  # 文号
    published_on = models.DateField(null=True)
    verified = models.BooleanField()
    at_least = models.IntegerField(null=True)
    batches = models.JSONField(default=list)
    source = models.TextField()
    note = models.TextField(default="")
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "items_list"
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=["cross_province", "province_wide", "regional"]), name="list_form_known"
            ),
            models.CheckConstraint(condition=~Q(form="regional") | ~Q(area=""), name="list_regional_has_area"),
        ]


class ListEdition(models.Model):
    """One edition of a list with all its rows; never changed, only ended. ``list_edition_one_a_day`` refuses two
    published ones on one day. ``rows``: an annex as ``rules.annex.as_json`` writes it. ``owner``: the node that
    published it, empty for what came with the program; ``unreleased``: published here, and in no release yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    list_code = models.CharField(max_length=20, db_index=True)
    number = models.IntegerField(null=True)  # null until it is published
    state = models.CharField(max_length=20)
    rows = models.JSONField()
    digest = models.CharField(max_length=80)
    basis = models.TextField()
    author = models.TextField()
    reviewer = models.TextField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    at = models.DateTimeField()
    owner = models.CharField(max_length=32, default="")
    unreleased = models.BooleanField(default=False)

    class Meta:
        db_table = "items_list_edition"
        constraints = [
            models.CheckConstraint(
                condition=Q(unreleased=False) | (Q(state="published") & ~Q(owner="")), name="list_edition_released"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "published", "discarded"]), name="list_edition_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(number__isnull=False), name="list_edition_numbered"
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")), name="list_edition_second_person"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="list_edition_forward"
            ),
            models.UniqueConstraint(
                fields=["list_code", "number"], condition=Q(number__isnull=False), name="list_edition_once"
            ),
            models.UniqueConstraint(fields=["list_code"], condition=Q(state="submitted"), name="list_edition_one_open"),
        ]


class ProgressReport(models.Model):
    """The yearly report of a lead unit on an entry that comes later (annex note 2; R-259)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entry_key = models.CharField(max_length=40)
    year = models.IntegerField()
    unit = models.TextField()
    text = models.TextField()
    author = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "items_progress_report"
        constraints = [models.UniqueConstraint(fields=["entry_key", "year"], name="progress_report_once_a_year")]
