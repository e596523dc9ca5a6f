"""From a question to one's own checklist: printable, and an address that can be sent; and reporting an error."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tongban.config import config
from tongban.guidance import actions as guiding
from tongban.items import queries as items
from tongban.journal import clock
from tongban.kernel.people import Act, system
from tongban.kernel.problems import Refusal
from tongban.portal import places, speaking, ways
from tongban.portal.pages.find import _chosen
from tongban.portal.rules import drawing, situations
from tongban.ui.page import CLERK, PUBLIC, actor_of, audiences_of, page, render
from tongban.ui.page import go as go_to
from tongban.ui.problems import is_english
from tongban.ui.regions import chain, region_picker


@page("items/<str:key>/checklist", audience={PUBLIC}, name="checklist")
def checklist(request: HttpRequest, key: str) -> HttpResponse:
    """A few questions about one's own situation, then what applies. All answers stand in the address."""
    here, there = _chosen(request, "here") or places.home_region(), _chosen(request, "there")
    way = ways.way(key, places.place(here), places.place(there), turned="turned" in request.GET)
    if way is None:
        raise Refusal("request.not_found")
    guide = way.version.guide if way.version and way.version.guide else items.guide(key) or {}
    branches = way.version.situations if way.version else ()
    in_chinese = tuple((s.name, s.name_en) for s in branches) or tuple(
        (str(s), "") for s in guide.get("situations", ())
    )
    with speaking.in_language(request):
        scenes = tuple(speaking.said(*scene) for scene in in_chinese)
    materials = way.version.materials if way.version else ()
    modes = way.version.modes if way.version else way.entry.modes
    given = {name: request.GET[name] for name in request.GET}
    asked = situations.questions(modes, scenes, materials, given)
    scene = next((ask.chosen for ask in asked if ask.kind == "scene"), "")
    if branches and scene:  # the papers of this situation alone, and the questions about them
        wanted = branches[int(scene)].materials
        materials = tuple(m for m in materials if not wanted or m.key in wanted)
        asked = situations.questions(modes, scenes, materials, given)
    answers = {ask.name: ask.chosen for ask in asked if ask.chosen}
    places_named = {k: v for k, v in (("here", here), ("there", there)) if v}
    if way.roles.turned:
        places_named["turned"] = "1"
    query = urlencode({**places_named, **answers, **speaking.kept(request)})
    link = config().base_url.rstrip("/") + reverse("checklist", args=[key]) + (f"?{query}" if query else "")
    clerk = CLERK in audiences_of(actor_of(request))
    anchor = {f"anchor.{n}": code for n, code in enumerate(chain(way.roles.deciding)[:2], start=1)}
    with speaking.in_language(request):
        return render(
            request,
            "portal/checklist.html",
            {
                "entry": way.entry,
                "way": way,
                "guide": guide,
                "asked": asked,
                "list": situations.checklist(materials, asked),
                "scene": next((a.labels[int(a.chosen)] for a in asked if a.kind == "scene" and a.chosen), ""),
                "mode": answers.get("mode", ""),
                "steps": drawing.steps_of(way.version, guide, english=is_english(), mode=answers.get("mode")),
                "here": places.place(here),
                "there": places.place(there),
                "here_picker": region_picker("here", here),
                "there_picker": region_picker("there", there),
                "link": link,
                "roles": way.roles,
                "kept": urlencode({**places_named, **speaking.kept(request)}),
                "on": clock.now(),
                "intake": f"{reverse('desk_intake')}?{urlencode({'entry': key, **anchor})}" if clerk else "",
                **speaking.offer(request, way.entry, way.version, guide),
            },
        )


@page("items/<str:key>/report", audience={PUBLIC}, name="item_report", writes=True)
def report(request: HttpRequest, key: str) -> HttpResponse:
    """A reader says what is wrong. Nothing about the reader is asked or kept; the node itself takes the report in."""
    entry = items.entry(key)
    if entry is None:
        raise Refusal("request.not_found")
    if request.method != "POST":
        return go_to("item", key)
    act = Act(system(config().node_id), clock.now())
    guiding.report_error(act, key, request.POST.get("part", ""), request.POST.get("note", ""))
    answer = go_to("item", key, reported=1)
    answer["Location"] += "#report"
    return answer
