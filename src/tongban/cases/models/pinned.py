"""The item version a matter was filed under, pinned for its life (decision 8)."""

from __future__ import annotations

from django.db import models


class PinnedItem(models.Model):
    entry_key = models.TextField(help_text="清单条目")
    item_owner = models.TextField(help_text="node that owns the implementation")
    item_code = models.TextField(help_text="事项实施编码")
    item_version = models.PositiveIntegerField()
    item_digest = models.TextField()
    item_name = models.TextField(help_text="事项名称, as pinned")
    item_name_en = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
