from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tongban.identity"
    label = "identity"
    append_only = ("identity_accessrecord",)
    """Tables in which the application's role may neither update nor delete (decision 17)."""
