"""Choosing a region without scripts: one list a level, each narrowing the next (province, city, county)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tongban.organizations import queries as organizations
from tongban.organizations.queries import RegionView

from .problems import is_english


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    name: str
    name_en: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One list: the name it is posted under (``<field>.1`` …) and its options."""

    name: str
    number: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class RegionPicker:
    field: str
    code: str
    levels: tuple[Level, ...]

    @property
    def complete(self) -> bool:
        """Nothing narrower is left to choose."""
        return bool(self.code) and all(any(o.chosen for o in level.options) for level in self.levels)


def region_picker(field: str, code: str | None, *, deepest: int = 3) -> RegionPicker:
    """The lists to show for ``code``: those of the levels chosen and of the next one, at most ``deepest``."""
    path = chain(code)
    levels: list[Level] = []
    parent: str | None = None
    for number in range(1, deepest + 1):
        rows = organizations.children(parent)
        if not rows:
            break
        chosen = path[number - 1] if number <= len(path) else None
        levels.append(_level(f"{field}.{number}", number, rows, chosen))
        if chosen is None:
            break
        parent = chosen
    return RegionPicker(field, code or "", tuple(levels))


@lru_cache(maxsize=512)
def _level(name: str, number: int, rows: tuple[RegionView, ...], chosen: str | None) -> Level:
    return Level(name, number, tuple(Option(r.code, r.name, r.name_en, r.code == chosen) for r in rows))


def chain(code: str | None) -> list[str]:
    """The codes from the province down to ``code``; empty if there is no such region."""
    return [region.code for region in organizations.chain(code)] if code else []


def english_name(name: str) -> str | None:
    """Qinghai for 青海省, as nodes are named after their province; None for anything else."""
    if not name.endswith(("省", "市", "区")):
        return None
    return next((region.name_en for region in organizations.children(None) if region.name == name), None)


def full_name(code: str | None) -> str:
    """青海省西宁市城东区, or Chengdong, Xining, Qinghai; empty for no code, the code itself if unknown."""
    if not code:
        return ""
    if is_english():
        return ", ".join(reversed(organizations.path(code, "en"))) or code
    return "".join(organizations.path(code)) or code
