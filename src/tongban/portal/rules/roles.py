"""What the two places a visitor names are to a matter: which decides, which gives up, which only takes in. Pure.

“Where you are” and “where the matter belongs” are asked once for all items. What they mean depends on the item: a
certificate belongs to the place that issued it; what is transferred (养老保险, 户口) belongs to the place it goes to,
mostly where one lives now, while people name the place it comes from; some matters are decided wherever one files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Roles:
    """Region codes, empty while not named. ``kind``: ``there`` (the place named second decides), ``here`` (the place of
    filing decides, the other does not matter), ``transfer`` (``deciding`` receives, ``giving`` lets go; ``turned``: the
    place where the person is lets go)."""

    kind: Literal["there", "here", "transfer"]
    deciding: str
    giving: str = ""
    turned: bool = False


def roles(modes: Sequence[str], decision_place: str, here: str, there: str, *, turned: bool = False) -> Roles:
    """``decision_place`` as the item's version has it: competent_region or intake_region."""
    if decision_place == "intake_region":
        return Roles("here", here)
    if tuple(modes) == ("joint",):
        return Roles("transfer", there if turned else here, here if turned else there, turned)
    return Roles("there", there)
