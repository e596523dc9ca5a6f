"""Addresses of the health pages."""

from __future__ import annotations

from django.urls import path

from tongban.ops import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]
