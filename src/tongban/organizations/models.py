"""Rows of organizations. Only ``loading`` writes them; everything is reference data with a source."""

from __future__ import annotations

from django.db import models


class Region(models.Model):
    """A region of GB/T 2260 in force or once in force."""

    code = models.CharField(primary_key=True, max_length=6)
    name = models.TextField()
    name_en = models.TextField()
    level = models.CharField(max_length=10)
    parent = models.CharField(max_length=6, null=True)  # None: a province has no parent
    pinyin = models.TextField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        db_table = "organizations_region"
        indexes = [models.Index(fields=["parent", "pinyin"], name="region_children")]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=r"^\d{6}$"), name="region_code_six_digits"),
            models.CheckConstraint(
                condition=models.Q(level__in=["province", "prefecture", "county"]), name="region_level_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level="province", parent__isnull=True)
                | (~models.Q(level="province") & models.Q(parent__isnull=False)),
                name="region_parent_unless_province",
            ),
        ]


class RegionAlias(models.Model):
    """An old code that people and old papers still use."""

    code = models.CharField(primary_key=True, max_length=6)
    current = models.CharField(max_length=6)
    name = models.TextField()
    since = models.DateField()
    note = models.TextField()

    class Meta:
        db_table = "organizations_region_alias"


class Authority(models.Model):
    """A unit that may be competent."""

    code = models.CharField(primary_key=True, max_length=40)
    node = models.CharField(max_length=32)
    region = models.CharField(max_length=6)
    department = models.CharField(max_length=32)
    name = models.TextField()
    name_en = models.TextField()
    level = models.CharField(max_length=10)
    generated = models.BooleanField()

    class Meta:
        db_table = "organizations_authority"
        constraints = [
            models.UniqueConstraint(fields=["region", "department"], name="one_authority_per_region_and_department")
        ]


class ServiceHall(models.Model):
    """政务服务中心."""

    code = models.CharField(primary_key=True, max_length=40)
    node = models.CharField(max_length=32)
    region = models.CharField(max_length=6, db_index=True)
    name = models.TextField()
    name_en = models.TextField()
    generated = models.BooleanField()

    class Meta:
        db_table = "organizations_service_hall"


class Window(models.Model):
    """A 跨省通办 window in a hall."""

    code = models.CharField(primary_key=True, max_length=40)
    hall = models.CharField(max_length=40)
    node = models.CharField(max_length=32)
    region = models.CharField(max_length=6, db_index=True)
    name = models.TextField()
    name_en = models.TextField()
    hours = models.JSONField()
    generated = models.BooleanField()

    class Meta:
        db_table = "organizations_window"


class AnchorPlaceRow(models.Model):
    """A kind of place in the annex, with words of explanation."""

    kind = models.CharField(primary_key=True, max_length=40)
    label = models.TextField()
    label_en = models.TextField()
    explanation = models.TextField()
    explanation_en = models.TextField()
    in_annex = models.BooleanField()
    position = models.IntegerField()

    class Meta:
        db_table = "organizations_anchor_place"


class CalendarVersion(models.Model):
    """One state of knowledge about working days. The one with the latest ``official_until`` and ``position`` is used;
    older ones stay, because due dates name the version they were computed with."""

    version = models.CharField(primary_key=True, max_length=40)
    official_until = models.DateField()
    source = models.TextField()
    digest = models.CharField(max_length=80)

    class Meta:
        db_table = "organizations_calendar_version"


class CalendarDay(models.Model):
    """A day that differs from the week, or is named by a notice, in one version."""

    version = models.CharField(max_length=40)
    day = models.DateField()
    working = models.BooleanField()
    occasion = models.TextField()

    class Meta:
        db_table = "organizations_calendar_day"
        constraints = [models.UniqueConstraint(fields=["version", "day"], name="calendar_day_once_per_version")]
