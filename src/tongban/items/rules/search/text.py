"""From a line of text to the signs that are compared: characters, pairs, concepts, sounds, Latin words. Pure.

A sign is a short string with a kind in front: ``"1:保"`` one character, ``"2:保险"`` a pair, ``"@pension"`` a concept
of the lexicon, ``"~yang lao"`` the sound of a pair (for homophones and pinyin), ``"w:card"`` a Latin word. In queries
alone: ``"s:登记"``, a pair with one character between (登个记) or the other way round (证领了), as people split verbs;
``"y:gongzheng"``, Latin letters that may be syllables or a word; ``"p:pai wu"``, two syllables that may belong together
(typed apart, ``pai wu zheng``, or parted in another way, ``dang an``).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WEIGHT: Final[Mapping[str, float]] = {"1": 0.25, "2": 0.5, "@": 2.8, "~": 0.25, "w": 1.4, "s": 0.4, "p": 0.5}
_RUN: Final = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_STOP_EN: Final = frozenset({
    "a", "an", "the", "of", "for", "to", "in", "on", "at", "and", "or", "my", "is", "i", "how", "do", "can", "with",
    "by", "am", "are", "was", "be", "been", "have", "has", "had", "want", "wants", "need", "needs", "get", "got",
    "would", "like", "could", "should", "please", "help", "we", "our", "us", "me", "you", "your", "it", "its", "this",
    "that", "there", "where", "what", "when", "which", "who", "after", "from", "if", "not", "no", "so", "but", "does",
    "did",
    "will", "his", "her", "their", "they", "he", "she", "about", "into", "some", "any", "also", "here", "now", "still",
})  # fmt: skip
MAX_QUERY: Final = 100


@dataclass(frozen=True, slots=True)
class Language:
    """What reading needs to know: the lexicon and two tables of characters."""

    concepts: Mapping[str, Sequence[str]]
    fillers: Sequence[str]
    pinyin: Mapping[str, str]
    simplified: Mapping[str, str]
    qualifiers: Sequence[str] = ()


class Reader:
    """Turns text into signs. Built once for a language; stateless afterwards."""

    def __init__(self, language: Language) -> None:
        self._simplified = str.maketrans(dict(language.simplified))
        self._pinyin = language.pinyin
        self._concept_of: dict[str, list[str]] = {}
        for concept, words in language.concepts.items():
            for word in words:
                self._concept_of.setdefault(self.plain(word), []).append(concept)
        self._longest = max((len(w) for w in self._concept_of), default=1)
        fillers = sorted(set(language.fillers), key=len, reverse=True)
        self._fillers = re.compile("|".join(map(re.escape, fillers))) if fillers else None
        self.qualifiers: Final = frozenset(f"@{q}" for q in language.qualifiers)
        syllables = {s for s in language.pinyin.values() if s.isascii() and s.isalpha() and set(s) & set("aeiouv")}
        self._syllables = syllables
        self._longest_syllable = max(map(len, syllables), default=0)

    def plain(self, text: str) -> str:
        """Width, case and script folded; nothing removed."""
        return unicodedata.normalize("NFKC", text).lower().translate(self._simplified)

    def signs(self, text: str, *, query: bool = False) -> dict[str, float]:
        """Signs of the text with their weights before rarity. A query is cut to 100 characters, without fillers."""
        plain = self.plain(text[:MAX_QUERY] if query else text)
        found: dict[str, float] = {}
        for concept in self._concepts(plain):
            found[f"@{concept}"] = WEIGHT["@"]
        if query and self._fillers is not None:
            stripped = self._fillers.sub(" ", plain)
            plain = stripped if _RUN.search(stripped) else plain
        for run in _RUN.findall(plain):
            if run[0].isascii():
                self._latin(run, found, query=query)
            else:
                self._chinese(run, found)
                if query:
                    _split(run, found)
        if query:
            self._typed_apart(plain, found)
        return found

    def initials(self, text: str) -> str:
        """First letters of the syllables: 社保卡 → ``sbk``."""
        return "".join(self._pinyin.get(c, "")[:1] for c in self.plain(text))

    def sound_of(self, sign: str) -> str:
        """The sound sign of a pair: ``"2:社报"`` → ``"~she bao"``."""
        return f"~{self._pinyin.get(sign[2], '')} {self._pinyin.get(sign[3], '')}"

    def syllables_only(self, text: str) -> bool:
        runs = _RUN.findall(self.plain(text))
        return bool(runs) and all(run.isalpha() and run.isascii() and self._syllabify(run) for run in runs)

    def _concepts(self, plain: str) -> Iterable[str]:
        at = 0
        while at < len(plain):
            for size in range(min(self._longest, len(plain) - at), 0, -1):
                concepts = self._concept_of.get(plain[at : at + size])
                if concepts and _whole(plain, at, at + size):
                    yield from concepts
                    at += size
                    break
            else:
                at += 1

    def _chinese(self, run: str, found: dict[str, float]) -> None:
        sounds = [self._pinyin.get(c, "") for c in run]
        for n, char in enumerate(run):
            found[f"1:{char}"] = WEIGHT["1"]
            if n + 1 < len(run):
                found[f"2:{run[n : n + 2]}"] = WEIGHT["2"]
                if sounds[n] and sounds[n + 1]:
                    found[f"~{sounds[n]} {sounds[n + 1]}"] = WEIGHT["~"]

    def _latin(self, run: str, found: dict[str, float], *, query: bool) -> None:
        sounds = self._syllabify(run) if query else []
        if run not in _STOP_EN:
            found[f"{'y' if sounds else 'w'}:{stem(run)}"] = WEIGHT["w"]
        if len(run) > 3:
            for one, two in itertools.pairwise(sounds):
                found[f"~{one} {two}"] = WEIGHT["2"]

    def _typed_apart(self, plain: str, found: dict[str, float]) -> None:
        """Pairs of syllables over the spaces of pinyin, and within a run those of its other parting."""
        for line in re.findall(r"[a-z]+(?: +[a-z]+)*", plain):
            before = ""
            for run in line.split():
                parted = self._syllabify(run), self._syllabify(run, last=True)
                if before and parted[0]:
                    found.setdefault(f"p:{before} {parted[0][0]}", WEIGHT["p"])
                for one, two in itertools.pairwise(parted[1]):
                    if f"~{one} {two}" not in found:
                        found.setdefault(f"p:{one} {two}", WEIGHT["p"])
                before = parted[0][-1] if parted[0] else ""

    def _syllabify(self, run: str, *, last: bool = False) -> list[str]:
        """``shebaoka`` → she bao ka; [] if the letters are not syllables. Of two partings as short as each other
        (``dan gan``, ``dang an``) the one that ends in the longer syllable, or, with ``last``, in the shorter."""
        best: list[list[str] | None] = [[]] + [None] * len(run)
        for end in range(1, len(run) + 1):
            for size in range(min(self._longest_syllable, end), 0, -1):
                before = best[end - size]
                if before is None or run[end - size : end] not in self._syllables:
                    continue
                so_far = best[end]
                if so_far is None or len(before) + 1 < len(so_far) + last:
                    best[end] = [*before, run[end - size : end]]
        return best[len(run)] or []


def _whole(text: str, start: int, end: int) -> bool:
    """Latin words count as whole words only: no ``lose`` in ``close``."""
    if not text[start].isascii() or not text[start].isalpha():
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())


def _split(run: str, found: dict[str, float]) -> None:
    """Pairs that were perhaps pulled apart or turned round; the index counts those that stand somewhere."""
    pairs = [run[n] + run[n + 2] for n in range(len(run) - 2)] + [run[n + 1] + run[n] for n in range(len(run) - 1)]
    for pair in pairs:
        if f"2:{pair}" not in found:
            found[f"s:{pair}"] = WEIGHT["s"]


def stem(word: str) -> str:
    """A rough English stem: licenses → licens, registration → registr."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ions", "ion", "es", "ed", "al", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
