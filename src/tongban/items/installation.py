"""What ``wiring`` plugs in: where the releases of other nodes come from; what compares meanings, if anything does."""

from __future__ import annotations

from .ports import Meaning, ReleaseSource

_source: ReleaseSource | None = None
_meaning: Meaning | None = None


def install(source: ReleaseSource | None, *, meaning: Meaning | None = None) -> None:
    global _source, _meaning
    _source, _meaning = source, meaning


def source() -> ReleaseSource | None:
    return _source


def meaning() -> Meaning | None:
    return _meaning
