"""What a window needs to take papers in for another place: that place's version in force, as its last release told it,
and what differs from home. Everything is read here; the other node may be down (peers F5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tongban.config import config
from tongban.directory import queries as directory

from . import queries
from .models import Release
from .rules.beside import Difference, differences
from .views import EntryView, VersionView

__all__ = ["Beside", "Difference", "beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """``there`` None: that place has it not open, or no node answers for it. ``told_at``: when its node signed the
    last release held here; None for this node itself, or before the first."""

    entry: EntryView
    node: str | None
    here: VersionView | None
    there: VersionView | None
    differences: tuple[Difference, ...]
    told_at: datetime | None


def beside(entry_key: str, region: str, on: date) -> Beside | None:
    """The entry as ``region``'s node handles it, beside this node's own. None for an unknown entry."""
    entry = queries.entry(entry_key)
    if entry is None:
        return None
    node = directory.node_of_region(region, on) if region else None
    here = queries.open_version(entry_key, config().node_id, on)
    there = queries.open_version(entry_key, node, on) if node else None
    told = None
    if node is not None and node != config().node_id:
        told = Release.objects.filter(node=node).order_by("-number").values_list("issued_at", flat=True).first()
    found = differences(here, there) if here is not None and there is not None else ()
    return Beside(entry, node, here, there, found, told)
