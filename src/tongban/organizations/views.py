"""What other slices see of organizations: frozen values, no rows. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

RegionLevel = Literal["province", "prefecture", "county"]

LEVEL_RANK: Final[dict[str, int]] = {"province": 1, "prefecture": 2, "county": 3}


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region of GB/T 2260. ``code`` has six digits; ``parent`` is None for a province.

    ``parent`` of a county may be a province: municipalities have no prefecture level, and some counties are
    administered by the province directly (419xxx, 429xxx, 469xxx, 659xxx). ``pinyin`` is a sort key without tones.
    """

    code: str
    name: str
    level: RegionLevel
    parent: str | None
    pinyin: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """A unit that can be competent. ``department`` is a key such as ``"transport"``; ``generated`` is True for units
    derived as department × region × level, which nobody has confirmed (decision 10)."""

    code: str
    node: str
    region: str
    department: str
    name: str
    name_en: str
    level: RegionLevel
    generated: bool


@dataclass(frozen=True, slots=True)
class WindowView:
    """A 跨省通办 window in a service hall. ``hours`` is a code list: weekday range → spans, e.g.
    ``(("mon-fri", "09:00-12:00"), ("mon-fri", "13:30-17:00"))`` in Asia/Shanghai."""

    code: str
    hall_code: str
    hall_name: str
    hall_name_en: str
    name: str
    name_en: str
    region: str
    node: str
    hours: tuple[tuple[str, str], ...]
    generated: bool


@dataclass(frozen=True, slots=True)
class AnchorPlace:
    """One of the 34 place words of the annex (requirements §7.5; 36 kinds, two of the words being pairs)."""

    kind: str
    label: str
    label_en: str
    explanation: str
    explanation_en: str
