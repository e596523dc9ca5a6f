from __future__ import annotations

import importlib.util

from django.apps import AppConfig


class TongbanConfig(AppConfig):
    """The house itself: connects the slices once all of them are loaded."""

    name = "tongban"
    label = "tongban"

    def ready(self) -> None:
        if importlib.util.find_spec("tongban.wiring") is None:
            return
        from tongban import wiring

        wiring.install()
