"""Groups of regions: strategies, city clusters, neighbours, cooperation, territories (R-279, R-280), as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "regions" / "groups.yaml"
TYPES: Final = ("strategy", "cluster", "neighbours", "cooperation", "territory")


@dataclass(frozen=True, slots=True)
class RegionGroup:
    """``members`` are region codes of provinces or cities; ``source`` says who names the group."""

    key: str
    name: str
    name_en: str
    type: str
    purpose: str
    members: tuple[str, ...]
    source: str


@cache
def groups() -> dict[str, RegionGroup]:
    """All groups by key, in the order of the file."""
    raw = yaml.safe_load(FILE.read_text("utf-8"))
    return {
        key: RegionGroup(
            key, g["name"], g["name_en"], g["type"], g["purpose"], tuple(str(m) for m in g["members"]), g["source"]
        )
        for key, g in raw.items()
    }
