"""How long to wait for a peer's answer: learned from its answers, as TCP does (RFC 6298)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAST: Final = 2.0
MOST: Final = 60.0
FIRST: Final = 20.0


@dataclass(frozen=True, slots=True)
class Patience:
    """What was learned of one peer. Seconds; ``smoothed`` is None before its first answer."""

    smoothed: float | None = None
    spread: float = 0.0
    doubled: int = 0

    @property
    def seconds(self) -> float:
        """How long to wait now."""
        base = FIRST if self.smoothed is None else self.smoothed + 4 * self.spread
        return min(MOST, max(LEAST, base) * 2.0**self.doubled)

    def answered(self, seconds: float) -> Patience:
        """An answer came after so long."""
        if self.smoothed is None:
            return Patience(seconds, seconds / 2)
        spread = 0.75 * self.spread + 0.25 * abs(self.smoothed - seconds)
        return Patience(0.875 * self.smoothed + 0.125 * seconds, spread)

    def timed_out(self) -> Patience:
        """None came in time: wait twice as long next time, up to the most."""
        return Patience(self.smoothed, self.spread, min(self.doubled + 1, 5))
