"""The work queue: what waits for this person's posts, the most urgent first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tongban.cases import queries
from tongban.kernel.people import Actor, Role
from tongban.ui.page import CLERK, REVIEWER, act, page, render

FILTERS = ("open", "overdue", "all")


@page("desk", audience={CLERK, REVIEWER}, name="desk")
def desk(request: HttpRequest) -> HttpResponse:
    """One list per kind of work; filter and cursor stand in the address."""
    actor = act(request).actor
    kinds = kinds_of(actor)
    wanted, show = request.GET.get("kind", ""), request.GET.get("show", "")
    kind = wanted if wanted in kinds else kinds[0]
    chosen = show if show in FILTERS else "open"
    found = queries.desk_queue(actor, kind, cursor=request.GET.get("cursor") or None, filter=chosen)
    return render(
        request,
        "desk/queue.html",
        {"kinds": kinds, "kind": kind, "show": chosen, "filters": FILTERS, "rows": found.items, "next": found.next,
         "posts": actor.posts},
    )  # fmt: skip


def kinds_of(actor: Actor) -> tuple[str, ...]:
    """The kinds of work somebody's posts give them; reviewers decide cases and parts, clerks see filings."""
    kinds: tuple[str, ...] = ()
    if actor.holds(Role.REVIEWER):
        kinds += ("cases", "parts")
    if actor.holds(Role.CLERK):
        kinds += ("filings",)
    return kinds
