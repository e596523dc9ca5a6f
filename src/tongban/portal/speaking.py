"""A guide in a further language: chosen in the address, so that it can be sent; offered where there are texts."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from django.http import HttpRequest

from tongban.items import texts
from tongban.items.views import EntryView, VersionView
from tongban.ui.problems import is_english

IN: Final = "in"


def in_language(request: HttpRequest) -> AbstractContextManager[None]:
    """Within it the page's texts of the catalog are told in the language the address asks for, where translated."""
    return texts.reading_in(texts.language(request.GET.get(IN, "")))


def kept(request: HttpRequest) -> dict[str, str]:
    """What the address of a page like this one carries along for the language."""
    chosen = texts.language(request.GET.get(IN, ""))
    return {IN: chosen.tag} if chosen is not None else {}


def said(chinese: str, english: str = "") -> str:
    """A text without markup, for lists of choices: as ``{{ …|local }}`` tells it."""
    english_page, found = is_english(), texts.told(chinese, english=is_english())
    if found is not None and found[0] is texts.reading():
        return found[1]
    return (english or (found[1] if found else chinese)) if english_page else chinese


def offer(
    request: HttpRequest, entry: EntryView, version: VersionView | None, guide: Mapping[str, Any] | None
) -> dict[str, Any]:
    """For ``portal/_languages.html``: further languages with their addresses, and how much each has."""
    sentences, found = texts.offered(entry, version, guide)
    chosen = texts.reading()
    return {
        "sentences": sentences,
        "languages": [(one, n, _address(request, one.tag)) for one, n in found],
        "read_in": next(((one, n) for one, n in found if one is chosen), None) or (chosen and (chosen, 0)),
        "chinese_address": _address(request, ""),
    }


def _address(request: HttpRequest, tag: str) -> str:
    query = request.GET.copy()
    query.pop(IN, None)
    if tag:
        query[IN] = tag
    return f"{request.path}?{query.urlencode()}" if query else request.path
