"""The addresses of all pages of all installed edges, found by importing their ``pages`` packages."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from django.apps import apps
from django.urls import URLPattern

from . import page


def load_pages() -> None:
    """Import every module below ``<app>.pages``, so that its routes register themselves."""
    for app in apps.get_app_configs():
        if not app.name.startswith("tongban.") or importlib.util.find_spec(f"{app.name}.pages") is None:
            continue
        package = importlib.import_module(f"{app.name}.pages")
        for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
            importlib.import_module(f"{package.__name__}.{found.name}")


def urlpatterns() -> list[URLPattern]:
    load_pages()
    return page.urlpatterns()
