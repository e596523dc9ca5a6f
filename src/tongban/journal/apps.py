from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "tongban.journal"
    label = "journal"
    append_only = (
        "journal_fact", "journal_daybook", "journal_daybookleaf", "journal_daybookstamp", "journal_peerdaybook",
    )  # fmt: skip
    """Tables in which the application's role may neither update nor delete (decision 17)."""
