"""Texts of the catalog in other languages: sentence by sentence, by data alone. Pure.

A translation belongs to exactly the Chinese sentence it was made from. Where that sentence changes, the translation no
longer fits and the Chinese text stands there again, marked as such: nothing outdated is shown, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tongban.items.views import EntryView, VersionView

from .sources import BadCatalogData

CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_KEYS: Final = frozenset({"language", "name", "direction", "checked_by", "texts"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language with the texts there are in it. ``tag``: BCP 47 (``bo``, ``ug``, ``mn-Mong``); ``name``: its own name;
    ``direction``: ltr or rtl; ``checked_by``: the office that vouches for the translation, empty while none does."""

    tag: str
    name: str
    direction: str
    checked_by: str
    texts: Mapping[str, str]

    def has(self, sentences: Collection[str]) -> int:
        """How many of these sentences can be read in it."""
        return sum(sentence in self.texts for sentence in sentences)


def read_texts(files: Mapping[str, Any], more: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """Files by name (without ending) → JSON values by language. ``more``: texts kept elsewhere, by language; a file's
    own text goes before. Raises :class:`BadCatalogData` with the file and what is wrong in it."""
    found: dict[str, dict[str, Any]] = {}
    for file, raw in files.items():
        if not isinstance(raw, Mapping) or (odd := set(raw) - _KEYS):
            raise BadCatalogData(f"texts/{file}: {sorted(odd) if isinstance(raw, Mapping) else 'no mapping'} unknown")
        tag, name, texts = raw.get("language"), raw.get("name"), raw.get("texts")
        if tag != file or not _TAG.fullmatch(str(tag)):
            raise BadCatalogData(f"texts/{file}: language has to be the file's name and a tag of BCP 47")
        if not (isinstance(name, str) and name.strip() and isinstance(texts, Mapping) and texts):
            raise BadCatalogData(f"texts/{file}: a name and texts are needed")
        if raw.get("direction", "ltr") not in ("ltr", "rtl"):
            raise BadCatalogData(f"texts/{file}: direction is ltr or rtl")
        for sentence, text in texts.items():
            if not (isinstance(sentence, str) and CHINESE.search(sentence) and isinstance(text, str) and text.strip()):
                raise BadCatalogData(f"texts/{file}: {sentence!r} is no Chinese sentence with its translation")
        found[file] = {
            "name": name, "direction": raw.get("direction", "ltr"), "checked_by": raw.get("checked_by", ""),
            "texts": {**more.get(file, {}), **texts},
        }  # fmt: skip
    return found


def languages_of(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Language]:
    """The languages as they were stored, by tag, in the order of their tags."""
    return {tag: Language(tag=tag, **stored[tag]) for tag in sorted(stored)}


def sentences_of(entry: EntryView, version: VersionView | None, guide: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The Chinese sentences of an item's guide, each once, in the order they are read."""
    known = guide or {}
    lines: list[Any] = [entry.name, entry.scenario, known.get("who")]
    lines += [line["text"] for line in known.get("conditions", ())]
    lines += [*known.get("exceptions", ()), *known.get("notes", ()), (known.get("fee") or {}).get("detail")]
    lines += [text for qa in known.get("faq", ()) for text in qa.values()]
    if version is not None:
        lines += [version.result_name, version.anchor_label, *(s.name for s in version.situations)]
        lines += [step.name for step in version.plan]
        for material in version.materials:
            lines += [material.name, material.exempt_detail, material.when, *material.review_points]
    else:
        lines += [material["name"] for material in known.get("materials", ())]
        for step in known.get("steps", ()):
            lines += [step["name"], step["actor"], step["note"]]
    return tuple(dict.fromkeys(_chinese(lines)))


def _chinese(lines: Iterable[Any]) -> Iterable[str]:
    return (line for line in lines if isinstance(line, str) and CHINESE.search(line))
