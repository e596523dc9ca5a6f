"""The index over the catalog's texts and how answers are ranked. Pure.

Each document has phrases (its name, its synonyms) and background text (scenario, theme). A query is answered by how
much of it a document explains, rare signs counting more, and by how well its best single phrase fits both ways. The
best phrase is the reason shown to the reader. Sizes: a few hundred to some ten thousand documents, in memory.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .text import Reader

PhraseKind = Literal["name", "synonym", "english"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """Set, with the weights of the signs, on the tune halves of queries.yaml and queries_other.yaml and on
    queries_counter.yaml (tests/search) only."""

    explained: float = 1.2
    phrase_recall: float = 0.5
    phrase_precision: float = 0.8
    background: float = 1.0
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
    kind: Literal["name", "synonym", "english", "scenario", "pinyin", "meaning"]
    text: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    entry: int
    kind: PhraseKind
    text: str
    mass: float


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    special: frozenset[str]
    initials: tuple[tuple[str, str], ...]


class Index:
    """Immutable after building. ``search`` is a pure function of the query."""

    def __init__(self, reader: Reader, documents: Sequence[Document], tuning: Tuning = TUNING) -> None:
        self._reader, self._tuning = reader, tuning
        self._entries: list[_Entry] = []
        self._own: dict[str, list[int]] = defaultdict(list)  # sign → entries with it in a phrase
        self._background: dict[str, list[int]] = defaultdict(list)  # sign → entries with it only in the background
        self._in_phrase: dict[str, set[int]] = defaultdict(set)  # sign → phrases
        raw: list[tuple[int, PhraseKind, str, Mapping[str, float]]] = []
        for number, document in enumerate(documents):
            read = [(number, kind, text, reader.signs(text)) for kind, text in document.phrases]
            own = {sign for *_, signs in read for sign in signs}
            for sign in own:
                self._own[sign].append(number)
            for sign in reader.signs(document.background).keys() - own:
                self._background[sign].append(number)
            special = reader.qualifiers.intersection(*(signs for _, kind, _, signs in read if kind == "name"))
            initials = tuple((reader.initials(text), text) for _, kind, text, _ in read if kind != "english")
            self._entries.append(_Entry(document.key, special, initials))
            raw += read
        self._rare = {sign: self._rarity(sign) for sign in self._own.keys() | self._background.keys()}
        self._phrases: list[_Phrase] = []
        for entry, kind, text, signs in raw:
            for sign in signs:
                self._in_phrase[sign].add(len(self._phrases))
            self._phrases.append(_Phrase(entry, kind, text, sum(w * self._rare[s] for s, w in signs.items())))
        self._unknown = self._rarity("")
        self.texts: tuple[tuple[str, str], ...] = tuple(
            (d.key, text)
            for d in documents
            for text in (*(text for _, text in d.phrases), d.background)
            if text.strip()
        )
        """Every searched text with the key of its entry, for comparing by meaning."""

    def search(self, query: str, *, limit: int = 20, among: Collection[str] | None = None) -> list[Answer]:
        """Best first; [] if nothing is like the query. ``among`` restricts to these keys."""
        heard = self._heard(self._reader.signs(query, query=True))
        signs = {s: w * self._rare.get(s, self._unknown) for s, w in heard.items()}
        mass = sum(w for s, w in signs.items() if not (s[0] == "~" and len(signs) > 1)) or sum(signs.values())
        found = self._rate(signs, mass) if mass else []
        answers = [a for a in found if among is None or self._entries[a[0]].key in among]
        if not answers:
            answers = [a for a in self._by_initials(query) if among is None or self._entries[a[0]].key in among]
        answers.sort(key=lambda a: (-a[1].score, a[0]))
        return [answer for _, answer in answers[:limit]]

    def sounds_only(self, query: str) -> bool:
        """Nothing but syllables in Latin letters (``shebaoka``), which say nothing to a model of meaning."""
        return self._reader.syllables_only(query)

    def _heard(self, signs: Mapping[str, float]) -> dict[str, float]:
        """A pair that stands nowhere but sounds like one that does was probably mistyped: its sound counts instead.
        A pair that was perhaps pulled apart counts if it stands somewhere; else it says nothing, not even of mass."""
        heard = dict(signs)
        sounds = any(f"~{s.partition(':')[2]}" in self._rare or s in self._rare for s in signs if s[0] in "p~")
        for sign, weight in signs.items():
            if sign[0] in "spy":  # perhaps a pair, perhaps syllables, perhaps a word: what stands nowhere says nothing
                del heard[sign]
                meant = {"s": "2:", "p": "~", "y": "w:"}[sign[0]] + sign[2:]
                if meant in (self._own if sign[0] == "s" else self._rare) or (sign[0] == "y" and not sounds):
                    heard.setdefault(meant, weight)
            if sign[0] == "2" and sign not in self._rare:
                sound = self._reader.sound_of(sign)
                if sound in self._rare:
                    heard[sound] = heard.pop(sign)
        return heard

    def _rarity(self, sign: str) -> float:
        df, total = len(self._own.get(sign, ())) + len(self._background.get(sign, ())), len(self._entries)
        return math.log(1 + (total - df + 0.5) / (df + 0.5))

    def _rate(self, signs: Mapping[str, float], mass: float) -> list[tuple[int, Answer]]:
        """Every entry that shares a sign with the query, with what it explains and its best phrase."""
        t = self._tuning
        explained: dict[int, float] = defaultdict(float)
        for sign, weight in signs.items():
            for entry in self._own.get(sign, ()):
                explained[entry] += weight
            for entry in self._background.get(sign, ()):
                explained[entry] += t.background * weight
        best: dict[int, tuple[float, _Phrase]] = {}
        for number, shared in self._shared(signs).items():
            phrase_ = self._phrases[number]
            fit = shared * (t.phrase_recall / mass + t.phrase_precision / phrase_.mass)
            if phrase_.kind == "name":
                fit *= t.name_bonus
            if phrase_.entry not in best or fit > best[phrase_.entry][0]:
                best[phrase_.entry] = (fit, phrase_)
        least = t.least * (t.explained + t.phrase_recall + t.phrase_precision)
        answers = []
        for entry, share in explained.items():
            fit, reason = best.get(entry, (0.0, None))
            score = t.explained * share / mass + fit
            score *= t.special_case ** len(self._entries[entry].special - signs.keys())
            if score >= least:
                kind = reason.kind if reason else "scenario"
                answers.append((entry, Answer(self._entries[entry].key, score, kind, reason.text if reason else "")))
        return answers

    def _shared(self, signs: Mapping[str, float]) -> dict[int, float]:
        """Phrase → the weight it shares with the query. A phrase with nothing but single characters in common is left
        out where others have more, for there are thousands with a 的 or a 证."""
        shared: dict[int, float] = defaultdict(float)
        for sign, weight in signs.items():
            if not sign.startswith("1:"):
                for phrase in self._in_phrase.get(sign, ()):
                    shared[phrase] += weight
        near = set(shared)
        for sign, weight in signs.items():
            if sign.startswith("1:"):
                alike: set[int] = self._in_phrase.get(sign, set())
                for phrase in near & alike if near else alike:
                    shared[phrase] += weight
        return shared

    def _by_initials(self, query: str) -> Iterable[tuple[int, Answer]]:
        """``sbk`` → 社保卡: letters that are no word and no syllables."""
        letters = self._reader.plain(query).strip()
        if not (2 <= len(letters) <= 12 and letters.isascii() and letters.isalpha()):
            return
        for number, entry in enumerate(self._entries):
            hits = [(len(letters) / len(i), text) for i, text in entry.initials if letters in i]
            if hits:
                share, text = max(hits)
                yield number, Answer(entry.key, share, "pinyin", text)
