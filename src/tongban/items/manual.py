"""操作规程 as values: what the desk shows beside the review points. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ManualStep:
    name: str
    actor: str
    place: str
    limit: str
    output: str
    note: str


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A condition to check, with the confidence of its source (high, medium, low)."""

    text: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ManualBasis:
    law: str
    article: str
    point: str


@dataclass(frozen=True, slots=True)
class Manual:
    """The manual of one side: its duty, the steps, the conditions to check, what ends or changes the matter, and the
    basis. A part that nobody knows is empty."""

    duty: str
    steps: tuple[ManualStep, ...]
    conditions: tuple[ManualLine, ...]
    exceptions: tuple[str, ...]
    basis: tuple[ManualBasis, ...]
