"""The two places of a matter: where the person is, and where the matter belongs; and what stands between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import queries as items
from tongban.items.views import VersionView
from tongban.journal import clock
from tongban.kernel.time import local_date
from tongban.organizations import queries as organizations
from tongban.ui import regions


def today() -> date:
    return local_date(clock.now())


@dataclass(frozen=True, slots=True)
class Place:
    """A region a visitor named. ``node``: the node answerable for it, or None where nobody has joined yet."""

    code: str
    name: str
    node: str | None
    address: str
    complete: bool

    @property
    def is_here(self) -> bool:
        return self.node == config().node_id


def place(code: str | None) -> Place | None:
    """The place behind a region code; None for no code or an unknown one."""
    if not code or organizations.region(code) is None:
        return None
    owner = directory.node_of_region(code, today())
    entry = directory.node(owner) if owner else None
    return Place(
        code,
        regions.full_name(code),
        entry.node if entry else None,
        entry.address if entry else "",
        not organizations.children(code),
    )


def version_for(key: str, anchor: str | None) -> VersionView | None:
    """The version open for an entry: of the node the anchor place belongs to, else of this node, else of any."""
    day = today()
    owner = directory.node_of_region(anchor, day) if anchor else None
    for node in dict.fromkeys((owner, config().node_id, *(entry.node for entry in joined()))):
        found = items.open_version(key, node, day) if node else None
        if found is not None:
            return found
    return None


def home_region() -> str:
    """The province of this node, the natural answer to "where are you"; empty at the directory."""
    code = config().node_id[:2].ljust(6, "0")
    return code if organizations.region(code) is not None else ""


def provinces() -> tuple[Any, ...]:
    return organizations.children(None)


def joined() -> list[Any]:
    """The provinces whose nodes have joined, for the national zone and for honest hints."""
    return [entry for entry in directory.nodes() if entry.role == "province"]


def windows_at(code: str | None) -> tuple[Any, ...]:
    """The 跨省通办 windows of a county; none for wider regions (choose the county first)."""
    where = place(code)
    return organizations.windows(where.code) if where is not None and where.complete else ()
