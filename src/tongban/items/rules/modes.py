"""In which modes an item is handled (decision 9). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

MODE_OF_DETAILED: Final[Mapping[str, str]] = {
    "full_online": "online",
    "agent_collect": "proxy",
    "multi_site": "joint",
    "any_office": "any_office",
}
ORDER: Final = ("online", "proxy", "joint", "any_office")


class Modes(NamedTuple):
    """The modes in a fixed order, from where they come, and whether anybody has confirmed them."""

    modes: tuple[str, ...]
    basis: str
    confirmed: bool


def modes_of(detailed: Sequence[str] | None, noted: Sequence[str] | None, derived: Sequence[str]) -> Modes:
    """Researched detail first, then the notes X-16/X-17, then the derived column, which stays 待核.

    An empty ``noted`` is an answer too: nothing is applied for (结算 without a case).
    """
    if detailed is not None:
        return Modes(_ordered(MODE_OF_DETAILED[m] for m in detailed), "detailed", confirmed=True)
    if noted is not None:
        return Modes(_ordered(noted), "noted", confirmed=True)
    return Modes(_ordered(derived), "derived", confirmed=False)


def _ordered(modes: Iterable[str]) -> tuple[str, ...]:
    wanted = set(modes)
    return tuple(m for m in ORDER if m in wanted)
