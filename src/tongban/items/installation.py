"""What ``wiring`` plugs in: where the releases of other nodes come from."""

from __future__ import annotations

from .ports import ReleaseSource

_source: ReleaseSource | None = None


def install(source: ReleaseSource | None) -> None:
    global _source
    _source = source


def source() -> ReleaseSource | None:
    return _source
