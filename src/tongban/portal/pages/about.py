"""Pages that only explain: help, accessibility, the state of this node and its neighbours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.ui.page import PUBLIC, page, render


@page("help", audience={PUBLIC}, name="help")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html")


@page("accessibility", audience={PUBLIC}, name="accessibility")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@page("status", audience={PUBLIC}, name="status")
def status(request: HttpRequest) -> HttpResponse:
    """What works now, from what this node knows itself: its database answered, and when each neighbour last did."""
    return render(request, "portal/status.html", {"peers": _peers()})


def _peers() -> list[object]:
    try:
        from tongban.exchange import queries
    except ImportError:
        return []
    return list(getattr(queries, "peers", list)())
