"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from tongban.api import document
from tongban.api.app import api

urlpatterns = [
    path("api/v1/openapi.json", document.serve, name="openapi"),
    path("api/v1/", api.urls),
]
