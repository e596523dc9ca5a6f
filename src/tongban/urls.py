"""Every address of a node: the gate for other nodes, the API, health, and the pages that registered themselves."""

from __future__ import annotations

from typing import Any

from tongban.api.urls import urlpatterns as api
from tongban.gate.urls import urlpatterns as gate
from tongban.ops.urls import urlpatterns as ops
from tongban.ui import urls as ui

urlpatterns: list[Any] = [*gate, *api, *ops, *ui.urlpatterns()]

handler400 = "tongban.ui.errors.bad_request"
handler403 = "tongban.ui.errors.not_allowed"
handler404 = "tongban.ui.errors.not_found"
handler500 = "tongban.ui.errors.server_error"
