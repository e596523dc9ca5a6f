"""Pages that only explain: help, accessibility, the state of this node and its neighbours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.directory import queries as directory
from tongban.exchange import outages
from tongban.exchange import queries as exchange
from tongban.ui.page import PUBLIC, page, render


@page("help", audience={PUBLIC}, name="help")
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html")


@page("accessibility", audience={PUBLIC}, name="accessibility")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@page("status", audience={PUBLIC}, name="status")
def status(request: HttpRequest) -> HttpResponse:
    """What works now, as this node itself knows it: how each neighbour last answered, and what waits for it."""
    told = [each for each in outages.standing() if "public" in each.told]
    return render(request, "portal/status.html", {"peers": _neighbours(), "outages": told})


def _neighbours() -> list[dict[str, object]]:
    known = {peer.node: peer for peer in exchange.peers()}
    return [
        {
            "name": entry.name,
            "peer": known.get(entry.node),
            "ok": known[entry.node].reachable if entry.node in known else None,
        }
        for entry in directory.nodes()
        if entry.role == "province" and entry.node != config().node_id
    ]
