"""The front door: three questions, the search box, what is open now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.guidance import queries as guidance
from tongban.items import queries as items
from tongban.portal import places
from tongban.ui.page import PUBLIC, page, render


@page("", audience={PUBLIC}, name="home")
def home(request: HttpRequest) -> HttpResponse:
    """On a province's node the way into a matter; on the directory (00) the read-only national zone."""
    context = {
        "themes": items.themes(),
        "events": guidance.life_events(),
        "counts": items.counts(),
        "open_now": items.filable_entries(),
        "provinces": places.provinces(),
        "here_code": places.home_region(),
    }
    if config().is_directory:
        return render(request, "portal/zone.html", {**context, "joined": places.joined()})
    return render(request, "portal/home.html", context)
