"""The composition root: who hears which event, which message calls which action, which adapter serves which port.

The only module that knows every slice.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any


def _part(path: str, name: str, default: Any) -> Any:
    if importlib.util.find_spec(path) is None:
        return default
    return getattr(importlib.import_module(path), name, default)


_SLICES = ("directory", "exchange", "organizations", "identity", "items", "materials", "cases")


def _merged(module: str, name: str) -> dict[Any, Any]:
    merged: dict[Any, Any] = {}
    for slice_name in _SLICES:
        found: Mapping[Any, Any] = _part(f"tongban.{slice_name}.{module}", name, {})
        for key, value in found.items():
            if isinstance(value, (list, tuple)) and name != "PERIODIC":
                merged[key] = (*merged.get(key, ()), *value)
            else:
                merged[key] = value
    return merged


def install() -> None:
    """Connect the slices. Called once per process, when Django is ready; tests may call it again."""
    from tongban.journal import subscriptions

    post = _part("tongban.exchange.actions", "enqueue", None)
    subscriptions.install(
        subscribers=_merged("reactions", "SUBSCRIBERS"),
        tellers=_merged("border", "TELLERS"),
        post=post,
        handlers=_merged("reactions", "HANDLERS"),
        periodic=_merged("reactions", "PERIODIC"),
    )
    _connect_exchange()
    demo_sign_in = _part("tongban.identity.adapters.demo", "demo_sign_in", None)
    if demo_sign_in is not None:
        from tongban.config import config
        from tongban.identity import providers

        providers.install(demo_sign_in(config()))  # raises under a foreign trust root: the node does not start


def _connect_exchange() -> None:
    """Keys and trust from the directory, HTTPS as the carrier; plain HTTP to loopback under the demo root alone."""
    from tongban.config import config
    from tongban.directory import queries as directory
    from tongban.exchange import installation
    from tongban.exchange.adapters.http import HttpCarrier

    cfg = config()
    http = HttpCarrier(plain_http_loopback=cfg.plain_http_loopback and cfg.under_demo_root)
    installation.install(keys=directory, carrier=http, fetcher=http, inbound=_merged("border", "INBOUND"))
