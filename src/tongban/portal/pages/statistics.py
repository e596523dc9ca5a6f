"""进展及成效公开 (R-143): what happened here and what the others say, with dates and without persons."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.cases.queries import durations, statistics
from tongban.config import config
from tongban.guidance import queries as guidance
from tongban.items import queries as items
from tongban.portal import zoning
from tongban.ui.page import PUBLIC, page, render

MODES = ("online", "proxy", "joint", "any_office")


@page("statistics", audience={PUBLIC}, name="statistics")
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Figures of the last year with the instant they were counted; of each node what it said last and when."""
    members = zoning.members(zoning.all_zones()[0])
    joined = [m for m in members if m.node]
    own = [e for e in guidance.entrances() if e.node == config().node_id]
    counted = statistics.counted()
    measured = [(items.entry(key), one) for key, one in sorted(durations.typical_days().items())]
    return render(
        request,
        "portal/statistics.html",
        {
            "counted": counted,
            "modes": [(mode, counted.submitted.get(mode, 0), counted.received.get(mode, 0)) for mode in MODES],
            "measured": [(entry, one) for entry, one in measured if entry and one.days is not None],
            "too_few": sum(1 for entry, one in measured if entry and one.days is None),
            "joined": joined,
            "not_joined": len(members) - len(joined),
            "silent": [m for m in joined if m.state == "silent"],
            "counts": items.counts(),
            "separate": sum(e.state == "separate" for e in own),
            "entrances": len(own),
            "missed": guidance.missed(),
            "uses": sum(guidance.uses().values()),
        },
    )
