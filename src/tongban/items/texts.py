"""Reading the catalog in another language: which there are, and what a sentence says in the one that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from . import store
from .rules.texts import Language, sentences_of
from .views import EntryView, VersionView

__all__ = ["ENGLISH", "Language", "language", "offered", "reading", "reading_in", "told"]

ENGLISH: Final = "en"
_reading: ContextVar[Language | None] = ContextVar("language_of_the_texts", default=None)


def language(tag: str) -> Language | None:
    """A language that has texts here; None for any other."""
    return store.catalog().languages.get(tag)


def reading() -> Language | None:
    """The language the texts of this page are read in, if it is a further one."""
    return _reading.get()


@contextmanager
def reading_in(chosen: Language | None) -> Iterator[None]:
    """Within it, texts of the catalog are told in this language where they are translated."""
    token = _reading.set(chosen)
    try:
        yield
    finally:
        _reading.reset(token)


def told(sentence: str, *, english: bool) -> tuple[Language, str] | None:
    """The sentence in the language that is read, else in English on an English page; None: it is told in Chinese.

    Asks nothing of the database: where no catalog was read yet, there is no translation either.
    """
    for spoken in (_reading.get(), store.latest_languages().get(ENGLISH) if english else None):
        if spoken is not None and sentence in spoken.texts:
            return spoken, spoken.texts[sentence]
    return None


def offered(
    entry: EntryView, version: VersionView | None, guide: Mapping[str, Any] | None
) -> tuple[int, tuple[tuple[Language, int], ...]]:
    """How many sentences the item's guide has, and each further language that has some of them with how many.

    English is not among them: it is a language of the whole site.
    """
    sentences = sentences_of(entry, version, guide)
    further = [one for tag, one in store.catalog().languages.items() if tag != ENGLISH]
    return len(sentences), tuple((one, n) for one in further if (n := one.has(sentences)))
