"""The ranking that pages and the API show: by words, and by meaning too where the node has the extra ``ai``."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from . import installation
from .ports import Meaning
from .rules.search.fusion import fused, nearest
from .rules.search.index import Answer, Index


def ranked(index: Index, query: str, *, limit: int, among: Collection[str] | None = None) -> list[Answer]:
    """Best first; [] if nothing is like the query. ``among`` restricts to these keys."""
    meaning = installation.meaning()
    if meaning is None or index.sounds_only(query):
        return index.search(query, limit=limit, among=among)
    return ranked_with(meaning, index, query, limit=limit, among=among)


def ranked_with(
    meaning: Meaning, index: Index, query: str, *, limit: int, among: Collection[str] | None = None
) -> list[Answer]:
    """The same with a given model."""
    near = None if index.sounds_only(query) else meaning.nearness(query, texts_of(index))
    if near is None:
        return index.search(query, limit=limit, among=among)
    words = index.search(query, limit=len(index.texts), among=among)
    return fused(words, nearest(index.texts, near), limit=limit, among=among)


@lru_cache(maxsize=2)
def texts_of(index: Index) -> tuple[str, ...]:
    return tuple(text for _, text in index.texts)
