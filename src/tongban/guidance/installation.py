"""What ``wiring`` plugs in: how other nodes' summaries are fetched."""

from __future__ import annotations

from .ports import SummarySource

_source: SummarySource | None = None


def install(source: SummarySource | None) -> None:
    global _source
    _source = source


def source() -> SummarySource | None:
    return _source
