"""Which unit of the competent node decides (decision 10). Pure, total and single-valued."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol, TypeVar

_RANK: Final = {"province": 1, "prefecture": 2, "county": 3}


class Leveled(Protocol):
    """A region with its level: province, prefecture or county."""

    @property
    def level(self) -> str: ...


R = TypeVar("R", bound=Leveled)


def unit_region(chain: Sequence[R], wanted_level: str) -> R:
    """The region whose unit decides.

    ``chain`` lists the regions from the province down to the anchor and is not empty. The answer is the highest
    region of the chain that is not above ``wanted_level``: a county's prefecture if a prefecture is wanted, the county
    itself where there is no prefecture level (municipalities, counties administered by the province). An anchor above
    the wanted level answers for itself: its unit may hand over inside.
    """
    for region in chain:
        if _RANK[region.level] >= _RANK[wanted_level]:
            return region
    return chain[-1]


def too_wide(chain: Sequence[Leveled], wanted_level: str, narrower: Collection[str]) -> str | None:
    """``choose_city`` or ``choose_county`` if the anchor is a whole province and the item is decided below it.

    A province has no unit that would decide such a matter, so a filing sent there would lie with nobody. A city stands:
    it has a unit of its own, which hands over to its counties. ``narrower``: the levels of the regions directly below
    the anchor; a municipality has counties there, and where nothing lies below, the anchor itself is all there is.
    """
    if chain[-1].level != "province" or wanted_level == "province" or not narrower:
        return None
    return "choose_city" if "prefecture" in narrower else "choose_county"


def authority_code(region: str, department: str) -> str:
    """The code under which organizations knows the unit."""
    return f"{region}-{department}"
