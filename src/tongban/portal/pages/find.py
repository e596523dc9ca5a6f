"""Finding an item: by everyday words with the two places, or through the lists."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tongban.items import queries as items
from tongban.portal import places
from tongban.ui.page import PUBLIC, page, render
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted

_FILTERS = ("theme", "batch", "mode", "open")
_MODES = ("online", "proxy", "joint", "any_office")
_PER_PAGE = 20


@page("search", audience={PUBLIC}, name="search")
def search(request: HttpRequest) -> HttpResponse:
    """What the words may mean, best first, with what is possible between the two places named."""
    q = request.GET.get("q", "").strip()[:100]
    here = _chosen(request, "here") or places.home_region()
    there = _chosen(request, "there")
    hits = items.search(q, limit=20) if q else ()
    kept = urlencode({key: value for key, value in (("here", here), ("there", there)) if value})
    return render(
        request,
        "portal/search.html",
        {
            "q": q,
            "hits": hits,
            "here": places.place(here),
            "there": places.place(there),
            "here_picker": region_picker("here", here),
            "there_picker": region_picker("there", there),
            "windows": places.windows_at(here),
            "kept": kept,
            "themes": items.themes(),
        },
    )


@page("items", audience={PUBLIC}, name="items")
def item_list(request: HttpRequest) -> HttpResponse:
    """All 138 rows of the list, filtered in the address bar, a page by cursor."""
    chosen = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    batch = chosen.get("batch", "")
    found = items.entries(
        request.GET.get("cursor") or None,
        _PER_PAGE,
        theme=chosen.get("theme"),
        batch=int(batch) if batch.isdigit() else None,
        mode=chosen.get("mode"),
        filable=True if chosen.get("open") else None,
    )
    address = reverse("items")
    following = f"{address}?{urlencode({**chosen, 'cursor': found.next})}" if found.next else ""
    first = f"{address}?{urlencode(chosen)}" if request.GET.get("cursor") else ""
    return render(
        request,
        "portal/items.html",
        {
            "found": found,
            "chosen": chosen,
            "modes": _MODES,
            "themes": items.themes(),
            "counts": items.counts(),
            "next": following,
            "first": first,
        },
    )


def _chosen(request: HttpRequest, name: str) -> str:
    """A place from the address: one code, or the levels of the lists."""
    if f"{name}.1" in request.GET:
        return region_posted(name, request.GET)
    return request.GET.get(name, "").strip()
