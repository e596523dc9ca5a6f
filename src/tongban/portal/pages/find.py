"""Finding an item: by everyday words with the two places, or through the lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tongban.guidance import keeping
from tongban.guidance import queries as guidance
from tongban.items import queries as items
from tongban.items import reach
from tongban.items import search as searching
from tongban.portal import places, reaching, speaking, ways
from tongban.portal.rules import answers
from tongban.ui.page import PUBLIC, page, render
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted

_FILTERS = ("theme", "audience", "batch", "mode", "open")
_MODES = ("online", "proxy", "joint", "any_office")
_AUDIENCES = ("individual", "enterprise")
_PER_PAGE = 20
_AT_ONCE = 10


@page("search", audience={PUBLIC}, name="search")
def search(request: HttpRequest) -> HttpResponse:
    """What the words may mean, best first, within the filters; the one question between near twins; a way on if
    nothing fits, and the miss counted."""
    q = _words(request)
    here, there = _two_places(request)
    chosen = _filters(request)
    rejected = bool(q and request.GET.get("none"))
    more = bool(request.GET.get("more"))
    limits = _limits(chosen, here, there)
    hits = searching.search(q, limit=30 if more else _AT_ONCE, **limits) if q and not rejected else ()
    found_more = bool(q and not hits and chosen and searching.search(q, limit=1))
    unsure = answers.unsure([hit.score for hit in hits])
    hits = hits[:3] if unsure else hits
    if request.method == "GET" and q and not found_more and (rejected or unsure or not hits):
        keeping.count_miss(q, "rejected" if rejected else "none")
    kept = urlencode({key: value for key, value in (("here", here), ("there", there)) if value})
    asked = {"q": q, **chosen, **({"here": here} if here else {}), **({"there": there} if there else {})}
    return render(
        request,
        "portal/search.html",
        {
            "q": q,
            "hits": hits,
            "unsure": unsure,
            "rejected": rejected,
            "found_more": found_more,
            "question": guidance.separating_question(hits) if hits and not unsure else None,
            "chosen": chosen,
            "kept_filters": chosen,
            "here": places.place(here),
            "there": places.place(there),
            "here_picker": region_picker("here", here),
            "there_picker": region_picker("there", there),
            "windows": places.windows_at(here),
            "kept": kept,
            "none_address": f"{reverse('search')}?{urlencode({**asked, 'none': 1})}" if q else "",
            "more_address": f"{reverse('search')}?{urlencode({**asked, 'more': 1})}" if len(hits) == _AT_ONCE else "",
            "plain_address": f"{reverse('search')}?{urlencode({'q': q})}&{kept}",
            "themes": items.themes(),
            "events": guidance.life_events(),
            "modes": _MODES,
            "audiences": _AUDIENCES,
        },
    )


@page("way", audience={PUBLIC}, name="way")
def one_page(request: HttpRequest) -> HttpResponse:
    """The three questions answered at once: where you are, where it belongs, what you need → how it is done today."""
    q = _words(request)
    here, there = _two_places(request)
    hits = searching.search(q, limit=6) if q else ()
    key = request.GET.get("item", "")
    question = guidance.separating_question(hits) if hits else None
    if not key and answers.stands_alone([hit.score for hit in hits], twins=question is not None):
        key = hits[0].entry.key
    turned = "turned" in request.GET
    found = ways.way(key, places.place(here), places.place(there), turned=turned) if key else None
    if found is None:
        return search(request)
    asked = {k: v for k, v in (("q", q), ("here", here), ("there", there)) if v} | speaking.kept(request)
    turn = {"turned": "1"} if turned else {}
    with speaking.in_language(request):
        return render(
            request,
            "portal/way.html",
            {
                "q": q,
                "way": found,
                "entry": found.entry,
                "reach": reaching.reach_of(found.entry, places.place(here), places.place(there)),
                "here": places.place(here),
                "there": places.place(there),
                "here_picker": region_picker("here", here),
                "there_picker": region_picker("there", there),
                "kept": urlencode({k: v for k, v in asked.items() if k != "q"} | turn),
                "asked": urlencode(asked),
                **_ends(request, found),
                "others": [hit for hit in hits if hit.entry.key != key and answers.near(hit.score, hits[0].score)][:4],
                "question": None if request.GET.get("item") else question,
                "item_key": key,
                "none_address": f"{reverse('search')}?{urlencode({**asked, 'none': 1})}" if q else "",
            },
        )


def _ends(request: HttpRequest, way: ways.Way) -> dict[str, Any]:
    """For ``portal/_transfer.html``: from where to where it goes, and the address of the other way round."""
    query = request.GET.copy()
    query.pop("turned", None)
    if way.version is not None and "item" not in query:
        query["item"] = way.entry.key
    if not way.roles.turned:
        query["turned"] = "1"
    return {
        "roles": way.roles,
        "goes_from": places.place(way.roles.giving),
        "goes_to": places.place(way.roles.deciding),
        "turned_address": f"{request.path}?{query.urlencode()}",
    }


@page("items", audience={PUBLIC}, name="items")
def item_list(request: HttpRequest) -> HttpResponse:
    """All 138 rows of the list, filtered in the address bar, a page by cursor."""
    chosen = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    batch = chosen.get("batch", "")
    found = items.entries(
        request.GET.get("cursor") or None,
        _PER_PAGE,
        theme=chosen.get("theme"),
        audience=chosen.get("audience"),
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
            "audiences": _AUDIENCES,
            "themes": items.themes(),
            "counts": items.counts(),
            "next": following,
            "first": first,
        },
    )


@page("life", audience={PUBLIC}, name="life")
def life(request: HttpRequest) -> HttpResponse:
    """Life events with what people need then; one of them by ``?event=``."""
    chosen = guidance.life_event(request.GET.get("event", ""))
    rows = [e for e in searching.all_entries() if chosen and e.key in chosen.entries]
    return render(request, "portal/life.html", {"events": guidance.life_events(), "chosen": chosen, "entries": rows})


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def _two_places(request: HttpRequest) -> tuple[str, str]:
    return _chosen(request, "here") or places.home_region(), _chosen(request, "there")


def _filters(request: HttpRequest) -> dict[str, str]:
    """The filters that mean something; anything else in the address is ignored."""
    known = {
        "theme": {t.key for t in items.themes()},
        "event": {e.key for e in guidance.life_events()},
        "audience": set(_AUDIENCES),
        "mode": set(_MODES),
        "can": {"1"},
    }
    return {name: request.GET[name] for name, values in known.items() if request.GET.get(name) in values}


def _limits(chosen: dict[str, str], here: str, there: str) -> dict[str, Any]:
    """The filters as arguments of the search. ``can``: only what the place the matter belongs to has open today, and
    what reaches from here to there."""
    among: set[str] | None = None
    event = guidance.life_event(chosen.get("event", ""))
    if event is not None:
        among = set(event.entries)
    if "can" in chosen:
        place = places.place(there) or places.place(places.home_region())
        open_there = set(searching.open_at(place.node, places.today())) if place and place.node else set()
        if place and here:
            open_there = {key for key in open_there if reach.opening(key, here, place.code, places.today()).open}
        among = open_there if among is None else among & open_there
    return {
        "audience": chosen.get("audience"), "theme": chosen.get("theme"), "mode": chosen.get("mode"), "among": among,
    }  # fmt: skip


def _chosen(request: HttpRequest, name: str) -> str:
    """A place from the address: one code, or the levels of the lists."""
    if f"{name}.1" in request.GET:
        return region_posted(name, request.GET)
    return request.GET.get(name, "").strip()
