"""Every address of a node: the pages that registered themselves, the API, the gate for other nodes, health."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


def _patterns(path: str, name: str = "urlpatterns") -> list[Any]:
    try:
        found = importlib.util.find_spec(path)
    except ModuleNotFoundError:
        found = None
    if found is None:
        return []
    value = getattr(importlib.import_module(path), name)
    return list(value() if callable(value) else value)


urlpatterns: list[Any] = [
    *_patterns("tongban.gate.urls"),
    *_patterns("tongban.api.urls"),
    *_patterns("tongban.ops.urls"),
    *_patterns("tongban.ui.urls"),
]

handler400 = "tongban.ui.errors.bad_request"
handler403 = "tongban.ui.errors.not_allowed"
handler404 = "tongban.ui.errors.not_found"
handler500 = "tongban.ui.errors.server_error"
