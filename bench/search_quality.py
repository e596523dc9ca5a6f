"""How well the shipped catalog answers the phrases of tests/search/queries*.yaml. Pure: no database.

python bench/search_quality.py            every set: sizes, hit@1, hit@3, time per query; two files by halves
python bench/search_quality.py --ai       the same without and with the extra `ai` (pip install 'tongban[ai]')
python bench/search_quality.py --misses   the misses of the tuning sets (those held out are never shown)
python bench/search_quality.py --file F   another file of the same shape, all of it as one set
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tongban.items.rules.search.data import index_of_files

ROOT = Path(__file__).resolve().parents[1]
QUERIES = ROOT / "tests" / "search" / "queries.yaml"
QUERIES_OTHER = ROOT / "tests" / "search" / "queries_other.yaml"
QUERIES_LAST = ROOT / "tests" / "search" / "queries_last.yaml"
QUERIES_FRESH = ROOT / "tests" / "search" / "queries_fresh.yaml"
QUERIES_STORIES = ROOT / "tests" / "search" / "queries_stories.yaml"
QUERIES_COUNTER = ROOT / "tests" / "search" / "queries_counter.yaml"
QUERIES_STRANGERS = ROOT / "tests" / "search" / "queries_strangers.yaml"
QUERIES_PLAIN = ROOT / "tests" / "search" / "queries_plain.yaml"
QUERIES_INDIRECT = ROOT / "tests" / "search" / "queries_indirect.yaml"
QUERIES_ENGLISH = ROOT / "tests" / "search" / "queries_english.yaml"
HELD_OUT = {
    "last": QUERIES_LAST, "fresh": QUERIES_FRESH, "stories": QUERIES_STORIES,
    "plain": QUERIES_PLAIN, "indirect": QUERIES_INDIRECT, "english": QUERIES_ENGLISH,
}  # fmt: skip
"""Files of which nothing was tuned."""
HALVES = ("tune", "heldout")


@dataclass(frozen=True)
class Phrase:
    text: str
    key: str
    half: str
    accepts: frozenset[str]


def phrases(path: Path, twins: dict[str, str]) -> Iterator[Phrase]:
    """The phrases of a file, each once, with their half and the entries that count as right: those it stands under."""
    raw: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    strict = {text for texts in raw.get("strict", {}).values() for text in texts}
    accepts: dict[str, list[str]] = {}
    for key, texts in raw["phrases"].items():
        for text in texts:
            accepts.setdefault(text, []).extend([key] if text in strict or key not in twins else [key, twins[key]])
    for text, keys in accepts.items():
        half = "heldout" if int(hashlib.sha256(text.encode()).hexdigest()[0], 16) % 2 == 0 else "tune"
        yield Phrase(text, keys[0], half, frozenset(keys))


def twins_of(path: Path) -> dict[str, str]:
    pairs = [(t["narrow"], t["wide"]) for t in yaml.safe_load(path.read_text("utf-8"))["twins"]]
    return {**dict(pairs), **{w: n for n, w in pairs}}


@dataclass
class Figures:
    size: int = 0
    first: int = 0
    third: int = 0

    @property
    def hit1(self) -> float:
        return self.first / self.size if self.size else 0.0

    @property
    def hit3(self) -> float:
        return self.third / self.size if self.size else 0.0


def measure(set_: Iterable[Phrase], search: Any) -> tuple[Figures, list[tuple[Phrase, list[str]]]]:
    figures, misses = Figures(), []
    for phrase in set_:
        keys = [a.key for a in search(phrase.text, limit=3)]
        figures.size += 1
        figures.first += bool(keys) and keys[0] in phrase.accepts
        figures.third += any(k in phrase.accepts for k in keys)
        if not keys or keys[0] not in phrase.accepts:
            misses.append((phrase, keys))
    return figures, misses


def whole(index: Any, path: Path) -> Figures:
    """The figures of a file of which nothing was used for tuning."""
    return measure(phrases(path, twins_of(ROOT / "data/items/catalog.yaml")), index.search)[0]


def halves(index: Any, path: Path) -> dict[str, Figures]:
    """The figures of both halves of a file of phrases."""
    found = list(phrases(path, twins_of(ROOT / "data/items/catalog.yaml")))
    return {h: measure([p for p in found if p.half == h], index.search)[0] for h in HALVES}


def with_ai(index: Any) -> Any:
    """Searching by words and meanings, as a node does with TONGBAN_SEARCH_MEANING=1."""
    from tongban.items.adapters.embeddings import Embeddings
    from tongban.items.ranking import ranked_with, texts_of

    started, cpu = time.perf_counter(), time.process_time()
    model = Embeddings(Path(tempfile.gettempdir()) / "tongban-embeddings")
    model.prepare(texts_of(index))
    took = time.process_time() - cpu
    print(f"{len(index.texts)} texts as vectors in {time.perf_counter() - started:.1f} s ({took:.1f} s of CPU)")
    return lambda query, *, limit: ranked_with(model, index, query, limit=limit)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--ai", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    index, names = index_of_files(ROOT / "data")
    print(f"index of {len(names)} entries built in {time.perf_counter() - started:.2f} s")
    twins = twins_of(ROOT / "data/items/catalog.yaml")
    if options.file:
        sets = {"all": list(phrases(options.file, twins))}
    else:
        files = {"": QUERIES, "other-": QUERIES_OTHER}
        sets = {
            f"{label}{half}": [p for p in phrases(path, twins) if p.half == half]
            for label, path in files.items()
            for half in HALVES
        }
        sets["counter-tune"] = list(phrases(QUERIES_COUNTER, twins))
        sets["strangers"] = list(phrases(QUERIES_STRANGERS, twins))
        sets |= {f"{name}-heldout": list(phrases(path, twins)) for name, path in HELD_OUT.items()}
    ways = {"words": index.search}
    if options.ai:
        ways["with ai"] = with_ai(index)
    for name, set_ in sets.items():
        for way, search in ways.items():
            started = time.perf_counter()
            figures, misses = measure(set_, search)
            each = (time.perf_counter() - started) / max(figures.size, 1) * 1000
            shown = f"hit@1={figures.hit1:.3f}  hit@3={figures.hit3:.3f}  {each:4.1f} ms each"
            print(f"{name:15} {way:8} n={figures.size:4}  {shown}", flush=True)
        if options.misses and not name.endswith("heldout"):
            for phrase, keys in misses:
                print(f"  {phrase.text}\n      wanted {phrase.key} {names[phrase.key]}")
                print("      got    " + "; ".join(f"{k} {names[k]}" for k in keys))
    return 0


if __name__ == "__main__":
    sys.exit(main())
