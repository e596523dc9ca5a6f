"""What ``wiring`` plugs in: where newer trust lists come from."""

from __future__ import annotations

from .ports import ListSource

_source: ListSource | None = None


def install(source: ListSource | None) -> None:
    global _source
    _source = source


def source() -> ListSource | None:
    return _source
