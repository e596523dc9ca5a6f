"""Real-name levels 1–4 (standards §5; the internal scale, no official definition was found)."""

from __future__ import annotations

from enum import IntEnum

from tongban.kernel.problems import Refusal


class Level(IntEnum):
    """How strongly a person's identity is proven."""

    MOBILE = 1  # a mobile number answered
    COMPARED = 2  # name and identity number compared with the register
    LIVE = 3  # 实人: face, network credential or bank card
    IN_PERSON = 4  # seen at a window, or a qualified certificate


LOWEST_TO_FILE = Level.LIVE
"""Filing, delegating and fetching another's licenses ask for level 3 unless the item says otherwise."""


def is_level(value: int) -> bool:
    return value in Level._value2member_map_


def refuse_below(level: int, needed: int) -> Refusal | None:
    """None when ``level`` suffices, else ``permission.level_too_low`` naming both."""
    if level >= needed:
        return None
    return Refusal("permission.level_too_low", level=level, needed=needed)


def level_of_session(assured: int, highest_known: int) -> int:
    """The level an act may claim: what this sign-in proved, never more than was ever proven for the person."""
    return max(Level.MOBILE, min(assured, highest_known))
