"""The index over the catalog's texts and how answers are ranked. Pure.

Each document has phrases (its name, its synonyms) and background text (scenario, theme). A query is answered by how
much of it a document explains, rare signs counting more, and by how well its best single phrase fits both ways. The
best phrase is the reason shown to the reader. Sizes: a few hundred to some ten thousand documents, in memory.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from .text import Reader

PhraseKind = Literal["name", "synonym", "english"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """Set on the tune half of tests/search/queries.yaml only."""

    explained: float = 1.3
    phrase_recall: float = 0.6
    phrase_precision: float = 0.5
    background: float = 0.5
    name_bonus: float = 1.06
    special_case: float = 0.9
    least: float = 0.05


TUNING: Final = Tuning()


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of one list entry."""

    key: str
    phrases: tuple[tuple[PhraseKind, str], ...]
    background: str


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    score: float
    kind: Literal["name", "synonym", "english", "scenario", "pinyin"]
    text: str


@dataclass(slots=True)
class _Phrase:
    kind: PhraseKind
    text: str
    signs: Mapping[str, float]
    mass: float = 0.0


@dataclass(slots=True)
class _Entry:
    key: str
    order: int
    phrases: list[_Phrase]
    own: frozenset[str]
    background: frozenset[str]
    special: frozenset[str]
    initials: tuple[tuple[str, str], ...] = field(default=())


class Index:
    """Immutable after building. ``search`` is a pure function of the query."""

    def __init__(self, reader: Reader, documents: Sequence[Document], tuning: Tuning = TUNING) -> None:
        self._reader, self._tuning = reader, tuning
        self._entries: list[_Entry] = []
        self._postings: dict[str, list[int]] = {}
        for order, document in enumerate(documents):
            phrases = [_Phrase(kind, text, reader.signs(text)) for kind, text in document.phrases]
            own = frozenset(s for p in phrases for s in p.signs)
            background = frozenset(reader.signs(document.background))
            initials = tuple((reader.initials(p.text), p.text) for p in phrases if p.kind != "english")
            special = reader.qualifiers.intersection(*(p.signs for p in phrases if p.kind == "name"))
            self._entries.append(_Entry(document.key, order, phrases, own, background, special, initials))
            for sign in own | background:
                self._postings.setdefault(sign, []).append(order)
        for entry in self._entries:
            for phrase in entry.phrases:
                phrase.mass = sum(w * self._rarity(s) for s, w in phrase.signs.items())

    def search(self, query: str, *, limit: int = 20, among: Collection[str] | None = None) -> list[Answer]:
        """Best first; [] if nothing is like the query. ``among`` restricts to these keys."""
        signs = {s: w * self._rarity(s) for s, w in self._heard(self._reader.signs(query, query=True)).items()}
        mass = sum(w for s, w in signs.items() if not (s[0] == "~" and len(signs) > 1)) or sum(signs.values())
        answers: list[Answer] = []
        if mass:
            for n in self._candidates(signs):
                answer = self._rate(self._entries[n], signs, mass)
                if answer is not None and (among is None or answer.key in among):
                    answers.append(answer)
        if not answers:
            answers = [a for a in self._by_initials(query) if among is None or a.key in among]
        order = {e.key: e.order for e in self._entries}
        return sorted(answers, key=lambda a: (-a.score, order[a.key]))[:limit]

    def _heard(self, signs: Mapping[str, float]) -> dict[str, float]:
        """A pair that stands nowhere but sounds like one that does was probably mistyped: its sound counts instead."""
        heard = dict(signs)
        for sign in signs:
            if sign[0] == "2" and sign not in self._postings:
                sound = self._reader.sound_of(sign)
                if sound in self._postings:
                    heard[sound] = heard.pop(sign)
        return heard

    def _rarity(self, sign: str) -> float:
        df, total = len(self._postings.get(sign, ())), len(self._entries)
        return math.log(1 + (total - df + 0.5) / (df + 0.5))

    def _candidates(self, signs: Mapping[str, float]) -> Iterable[int]:
        found: set[int] = set()
        for sign in signs:
            found.update(self._postings.get(sign, ()))
        return found

    def _rate(self, entry: _Entry, signs: Mapping[str, float], mass: float) -> Answer | None:
        t = self._tuning
        explained = sum(
            w if s in entry.own else t.background * w if s in entry.background else 0.0 for s, w in signs.items()
        )
        best, reason = 0.0, None
        for phrase in entry.phrases:
            common = sum(w for s, w in signs.items() if s in phrase.signs)
            if not common:
                continue
            fit = t.phrase_recall * common / mass + t.phrase_precision * common / phrase.mass
            if phrase.kind == "name":
                fit *= t.name_bonus
            if fit > best:
                best, reason = fit, phrase
        score = (t.explained * explained / mass + best) * t.special_case ** len(entry.special - signs.keys())
        if score < t.least * (t.explained + t.phrase_recall + t.phrase_precision):
            return None
        if reason is None:
            return Answer(entry.key, score, "scenario", "")
        return Answer(entry.key, score, reason.kind, reason.text)

    def _by_initials(self, query: str) -> Iterable[Answer]:
        """``sbk`` → 社保卡: letters that are no word and no syllables."""
        letters = self._reader.plain(query).strip()
        if not (2 <= len(letters) <= 12 and letters.isascii() and letters.isalpha()):
            return
        for entry in self._entries:
            hits = [(len(letters) / len(i), text) for i, text in entry.initials if letters in i]
            if hits:
                share, text = max(hits)
                yield Answer(entry.key, share, "pinyin", text)
