"""What a person follows and what is new there. For reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from tongban.config import config
from tongban.directory import queries as directory
from tongban.items import search as items
from tongban.journal import clock
from tongban.kernel.people import Actor
from tongban.kernel.time import local_date

from .models import Follow
from .queries import coverages

LATELY: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Following:
    id: UUID
    kind: str
    key: str
    since: date


@dataclass(frozen=True, slots=True)
class News:
    """An item that a node opened on a day, and what the person follows that makes it news for them."""

    entry_key: str
    node: str
    on: date
    because: tuple[Following, ...]


def followings(actor: Actor) -> tuple[Following, ...]:
    rows = Follow.objects.filter(person=actor.ref).order_by("kind", "key")
    return tuple(Following(r.id, r.kind, r.key, r.since) for r in rows)


def openings(since: date) -> list[tuple[date, str, str]]:
    """(day, node, entry) of what was opened since a day, here and at the nodes that said so; the latest first."""
    here, today = config().node_id, local_date(clock.now())
    found = [(on, str(here), key) for key, on in items.opened_at(here, today) if on >= since]
    for node, said in coverages().items():
        for key, row in ((said.content or {}).get("items") or {}).items():
            if row.get("since") and (on := date.fromisoformat(row["since"])) >= since:
                found.append((on, node, key))
    return sorted(found, reverse=True)


def news_for(actor: Actor) -> tuple[News, ...]:
    """What was opened in the last sixty days about an item the person follows or at a place they follow."""
    mine = followings(actor)
    if not mine:
        return ()
    today = local_date(clock.now())
    by_item = {f.key: f for f in mine if f.kind == "item"}
    by_node: dict[str, list[Following]] = {}
    for one in mine:
        owner = directory.node_of_region(one.key, today) if one.kind == "region" else None
        if owner is not None:
            by_node.setdefault(str(owner), []).append(one)
    found = []
    for on, node, key in openings(today - LATELY):
        because = (*([by_item[key]] if key in by_item else []), *by_node.get(node, []))
        if because:
            found.append(News(key, node, on, because))
    return tuple(found)
