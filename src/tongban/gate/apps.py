from __future__ import annotations

from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "tongban.gate"
    label = "gate"
