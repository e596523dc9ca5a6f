from __future__ import annotations

from django.apps import AppConfig


class TongbanConfig(AppConfig):
    """The house itself: connects the slices once all of them are loaded."""

    name = "tongban"
    label = "tongban"

    def ready(self) -> None:
        from tongban import wiring

        wiring.install()
