from __future__ import annotations

from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    name = "tongban.materials"
    label = "materials"
