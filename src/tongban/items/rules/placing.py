"""What the words of an entry say of places: where one may file, and by which place the deciding unit is found. Pure.

Freedom of filing and competence of deciding are two things (X-18): “不受户籍地限制” frees the filing; the power stays
with the household place (R-048: 不改变原有办理事权). What the words leave open is named, never guessed (待核).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

FILING: Final = "提交申请地点"
ANYWHERE: Final = "地域"
SHORT: Final = {"缴存地": "住房公积金缴存地"}
"""Words of scenarios that shorten one of the 34."""
LEVELS: Final[dict[str, Literal["province", "prefecture", "county"]]] = {
    "省级": "province", "市(州)": "prefecture", "县级": "county"
}  # fmt: skip
FILERS: Final = ("汇交人", "申请人")
_SPARED: Final = re.compile(r"不再需要到(.+?)办理")
_CAPTURED: Final = re.compile(r"由[^,，。]*取指纹[^,，。]*")
_LIFTED: Final = re.compile(r"不受(.+?)限制")


@dataclass(frozen=True, slots=True)
class Placing:
    """``filing``: ``anywhere`` (a restriction is lifted, or 异地/网上), ``listed`` (only the places named), ``open``.

    ``lifted``: the words between 不受 and 限制; ``asked_at``: places where one may ask, as named. ``decides``:
    ``anchor`` (the unit of one of ``deciding``: the applicant chooses, or all of them act ``together``), ``intake``
    (the place that takes the papers), ``nobody`` (nothing is applied for), ``open`` (待核; ``why`` says why).
    ``level``: the level of the deciding unit where the words name it. ``filer``: what the one who files is called.
    """

    filing: Literal["anywhere", "listed", "open"]
    lifted: tuple[str, ...]
    asked_at: tuple[str, ...]
    decides: Literal["anchor", "intake", "nobody", "open"]
    deciding: tuple[str, ...]
    why: Literal["", "no_place_word", "nothing_to_apply_for"] = ""
    together: bool = False
    level: Literal["", "province", "prefecture", "county"] = ""
    filer: str = "申请人"


def placing(scenario: str, modes: Collection[str], words: Sequence[str]) -> Placing:
    """``words`` are the place words of the annex. A unit named by 由 or 从 decides before one that is only asked, one
    that is asked before one whose restriction is lifted."""
    pattern = re.compile("|".join(sorted(map(re.escape, (*words, *SHORT)), key=len, reverse=True)))

    def places(text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(SHORT.get(word, word) for word in pattern.findall(text)))

    lifted = tuple(
        dict.fromkeys(part for clause in _LIFTED.findall(scenario) for part in re.split("[、或和]", clause) if part)
    )
    spared = places(" ".join(_SPARED.findall(scenario)))
    rest = _CAPTURED.sub("", _SPARED.sub("", _LIFTED.sub("", scenario)))
    named = places(re.sub(f"非(?:{pattern.pattern})", "", rest))
    by = places(" ".join(re.findall(rf"(?:由|从)(?:{pattern.pattern})", rest)))
    freed = places("、".join(word for word in lifted if word not in (FILING, ANYWHERE))) or spared
    free = bool(lifted) or "异地" in rest or "网上" in rest
    filing: Literal["anywhere", "listed", "open"] = "anywhere" if free else "listed" if named else "open"
    found = Placing(
        filing, lifted, named, "anchor", by or named or freed, "", "协同办理" in scenario,
        next((level for words, level in LEVELS.items() if words in rest), ""),
        next((word for word in FILERS if word in scenario), FILERS[-1]),
    )  # fmt: skip
    if not modes:
        return replace(found, decides="nobody", deciding=(), why="nothing_to_apply_for", together=False)
    if "any_office" in modes:
        return replace(found, decides="intake", deciding=(), together=False)
    return found if found.deciding else replace(found, decides="open", why="no_place_word", together=False)
