"""Rows of the catalog. Only ``loading`` writes them for now; the item manager's desk comes later (issue 4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ListEntry(models.Model):
    """One row of a list, texts verbatim; for the list of 2020 138 of them."""

    key = models.CharField(primary_key=True, max_length=40)
    list_code = models.CharField(max_length=20)
    batch = models.IntegerField()
    seq = models.IntegerField()
    base_code = models.CharField(max_length=40, db_index=True)
    name = models.TextField()
    content = models.JSONField()  # the other fields of EntryView, under the same names

    class Meta:
        db_table = "items_list_entry"
        constraints = [
            models.UniqueConstraint(fields=["list_code", "batch", "seq"], name="list_entry_once_per_number"),
            models.UniqueConstraint(fields=["list_code", "name"], name="list_entry_name_once"),
        ]


class BaseItem(models.Model):
    """What list entries share and authorities implement; owned by node 00 (decisions 8 and 9)."""

    code = models.CharField(primary_key=True, max_length=40)
    version = models.IntegerField()
    digest = models.CharField(max_length=80)
    name = models.TextField()
    content = models.JSONField()

    class Meta:
        db_table = "items_base_item"


class Implementation(models.Model):
    """One version of an authority's implementation. Its content never changes; only ``valid_to`` may be set later.

    The exclusion constraint ``implementation_one_version_a_day`` (in the migration: it needs btree_gist) refuses two
    versions of one item at one owner that are valid on the same day.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=32)
    code = models.CharField(max_length=40)
    version = models.IntegerField()
    digest = models.CharField(max_length=80, unique=True)
    entry_key = models.CharField(max_length=40, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # the first day on which it no longer holds
    content = models.JSONField()

    class Meta:
        db_table = "items_implementation"
        indexes = [
            models.Index(fields=["owner", "entry_key"], name="implementation_of_entry"),
            models.Index(fields=["code"], name="implementation_of_code"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "code", "version"], name="implementation_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="implementation_version_positive"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="implementation_valid_forward",
            ),
        ]


class Synonym(models.Model):
    """An everyday wording of an entry: shipped with the program, or added by an item manager."""

    id = models.BigAutoField(primary_key=True)
    entry_key = models.CharField(max_length=40, db_index=True)
    text = models.TextField()
    source = models.CharField(max_length=10)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "items_synonym"
        constraints = [
            models.UniqueConstraint(fields=["entry_key", "text"], name="synonym_once_per_entry"),
            models.CheckConstraint(condition=Q(source__in=["shipped", "manager"]), name="synonym_source_known"),
        ]


class CodeList(models.Model):
    """A code of a code list, with the days on which it holds (GB/T 39046 annex A and our own)."""

    id = models.BigAutoField(primary_key=True)
    list_name = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    name = models.TextField()
    name_en = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        db_table = "items_code_list"
        constraints = [models.UniqueConstraint(fields=["list_name", "code", "valid_from"], name="code_once_a_day")]


class CatalogText(models.Model):
    """Tables that reading and searching need, as JSON: ``language``, ``themes_en``, ``kinds_en``."""

    key = models.CharField(primary_key=True, max_length=40)
    content = models.JSONField()

    class Meta:
        db_table = "items_catalog_text"


class CatalogState(models.Model):
    """One row. ``token`` is new after every change, so that processes know when to read the catalog again."""

    id = models.IntegerField(primary_key=True)
    token = models.CharField(max_length=40)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "items_catalog_state"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalog_state_single_row")]


from .models_lists import ItemList, ListEdition, ProgressReport  # noqa: E402 - Django finds tables here
from .models_publishing import (  # noqa: E402
    AdoptionTask,
    BaseVersion,
    ItemStanding,
    Proposal,
    Release,
    Released,
)
from .models_scopes import ItemExemption, ItemScope  # noqa: E402
from .models_upkeep import CatalogChange, GuideReview  # noqa: E402

__all__ = [
    "AdoptionTask", "BaseItem", "BaseVersion", "CatalogChange", "CatalogState", "CatalogText", "CodeList",
    "GuideReview", "Implementation", "ItemExemption", "ItemList", "ItemScope", "ItemStanding", "ListEdition",
    "ListEntry", "ProgressReport", "Proposal", "Release", "Released", "Synonym",
]  # fmt: skip
