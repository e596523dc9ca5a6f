from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "tongban.journal"
    label = "journal"
