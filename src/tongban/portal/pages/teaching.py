"""The item manager teaches the search and answers readers: what was searched in vain, wordings, reported errors."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.guidance import actions as guiding
from tongban.guidance import queries as guidance
from tongban.items import queries as items
from tongban.items import search as searching
from tongban.items.actions import wordings
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import problem_text

OUTCOMES = ("fixed", "no_error", "passed_on")


@page("teach", audience={ITEM_MANAGER}, name="teach", writes=True)
def teach(request: HttpRequest) -> HttpResponse:
    """Misses of the last thirty days, each with what the search would say now; a wording is added then and there."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                wordings.remove_wording(act(request), _number(request.POST["remove"]))
                messages.success(request, _("已撤下，搜索已更新。"))
            else:
                wordings.add_wording(act(request), request.POST.get("entry", ""), request.POST.get("text", ""))
                messages.success(request, _("已记住，搜索已更新。"))
        except Refusal as refused:
            refusal = refused
        else:
            return go("teach")
    taught = {w.text for w in searching.wordings(own=True)}
    rows = []
    for miss in guidance.misses():
        hits = searching.search(miss.words, limit=3)
        rows.append({"miss": miss, "hits": hits, "taught": miss.words in taught})
    return render(
        request,
        "portal/teach.html",
        {
            "rows": rows,
            "entries": searching.all_entries(),
            "own": [(w, items.entry(w.entry_key)) for w in searching.wordings(own=True)],
            "typed": request.POST.get("text", request.GET.get("text", "")),
            "typed_entry": request.POST.get("entry", ""),
            "problem": problem_text(refusal) if refusal else None,
            "reports": len(guidance.open_reports()),
        },
        status=refusal.problem.status if refusal else 200,
    )


@page("teach/reports", audience={ITEM_MANAGER}, name="teach_reports", writes=True)
def reports(request: HttpRequest) -> HttpResponse:
    """What readers say is wrong in the guides; each answered once, and the answer recorded."""
    if request.method == "POST":
        report, outcome = request.POST.get("report", ""), request.POST.get("outcome", "")
        guiding.answer_report(act(request), _uuid(report), outcome)
        messages.success(request, _("已记录。"))
        return go("teach_reports")
    rows = [(report, items.entry(report.entry_key)) for report in guidance.open_reports()]
    return render(request, "portal/teach_reports.html", {"rows": rows, "outcomes": OUTCOMES})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Refusal("request.not_found")
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("request.not_found") from None
