"""The one question that separates entries which everyday words cannot tell apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NEAR: Final = 0.8
"""Share of the best score from which an answer counts as close to it."""
AMONG: Final = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer and the entry it means."""

    text: str
    text_en: str
    key: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    ask: str
    ask_en: str
    choices: tuple[Choice, ...]
    near: float = NEAR


def question_for(hits: Sequence[tuple[str, float]], questions: Sequence[Question]) -> Question | None:
    """The question worth asking about these answers (key and score, best first), or None.

    The best answer must be one of its choices and at least one more choice must come close. Where several questions
    fit, the one that explains most of the close answers is asked; it offers all of its choices.
    """
    if len(hits) < 2 or hits[0][1] <= 0:
        return None
    best: tuple[int, Question] | None = None
    for question in questions:
        close = {key for key, score in hits[:AMONG] if score >= question.near * hits[0][1]}
        keys = {choice.key for choice in question.choices}
        shared = len(keys & close)
        if hits[0][0] in keys and shared >= 2 and (best is None or shared > best[0]):
            best = (shared, question)
    return best[1] if best else None
