"""Zones: the country, provinces, regional groups; what their places handle; feeds and doors for other sites."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from tongban.config import config
from tongban.guidance import follows, keeping
from tongban.guidance import queries as guidance
from tongban.guidance import zones as zone_texts
from tongban.guidance.queries import Zone
from tongban.guidance.summaries import own_summary, signed_summary
from tongban.items import queries as items
from tongban.items import search as searching
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban.portal import places, zoning
from tongban.ui.page import PUBLIC, page, render

FRAMED = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
        "form-action 'self'",
    )
)


@page("zones", audience={PUBLIC}, name="zones")
def zones(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/zones.html", {"zones": zoning.all_zones()})


@page("zones/coverage.json", audience={PUBLIC}, name="zone_coverage")
def coverage(request: HttpRequest) -> HttpResponse:
    """What this node handles today, for other nodes and anybody (``guidance.rules.coverage``)."""
    response = JsonResponse(own_summary(), json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=60"
    return response


@page("zones/coverage.jws", audience={PUBLIC}, name="zone_coverage_signed")
def coverage_signed(request: HttpRequest) -> HttpResponse:
    """The same as a compact JWS by this node's key: what the other nodes read and believe."""
    response = HttpResponse(signed_summary(), content_type="application/jose")
    response["Cache-Control"] = "public, max-age=60"
    return response


@page("zones/<slug:key>", audience={PUBLIC}, name="zone")
def zone(request: HttpRequest, key: str) -> HttpResponse:
    """One zone. What its places said stands with the time they said it; who did not answer is named."""
    found = _zone(key)
    featured, policies = zone_texts.content_of(found)
    if request.method == "GET":
        keeping.count_use("zone", key)
    members = zoning.members(found)
    drawn = guidance.outlines()
    by_code = {m.code: m for m in members}
    shapes = [
        {"code": code, **shape, "member": by_code.get(code)}
        for code, shape in drawn["provinces"].items()
    ]  # fmt: skip
    joined = [m for m in members if m.node]
    audience = request.GET.get("audience", "")
    listed = [e for e in searching.all_entries() if not audience or e.audience in (audience, "both")]
    themes = [(t, sum(e.theme == t.key for e in listed)) for t in items.themes()]
    return render(
        request,
        "portal/zone_page.html",
        {
            "zone": found,
            "members": members,
            "joined": joined,
            "missing": [m for m in joined if m.state == "silent"],
            "older": [m for m in joined if m.state == "old"],
            "not_joined": len(members) - len(joined),
            "lines": zoning.lines(members),
            "answered": [m for m in members if m.items],
            "modes": zoning.MODES,
            "shapes": shapes,
            "outline": drawn,
            "featured": [e for e in (items.entry(k) for k in featured) if e],
            "policies": policies,
            "log": zone_texts.log(key),
            "themes": [(t, n) for t, n in themes if n],
            "audience": audience if audience in ("individual", "enterprise") else "",
            "audiences": ("individual", "enterprise"),
        },
    )


@page("zones/<slug:key>/feed.atom", audience={PUBLIC}, name="zone_feed")
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """What was opened at the places of the zone and which policies came out, as Atom (RFC 4287), latest first."""
    found, base = _zone(key), config().base_url.rstrip("/")
    if request.method == "GET":
        keeping.count_use("feed", key)
    names = {entry.node: entry for entry in places.joined() if f"{entry.node[:2]}0000" in found.members}
    entries: list[dict[str, Any]] = []
    for since, node, entry_key in [o for o in follows.openings(date.min) if o[1] in names][:50]:
        entry, place = items.entry(entry_key), names[node]
        if entry is not None:
            address = base if node == config().node_id else place.address.rstrip("/")
            entries.append({"id": f"{address}/items/{entry_key}#{since}", "title": f"{place.name}：{entry.name}",
                            "text": entry.scenario, "link": f"{address}/items/{entry_key}",
                            "at": _midnight(since)})  # fmt: skip
    for policy in zone_texts.content_of(found)[1]:
        day = policy.published_on or policy.issued_on
        if day is not None:
            entries.append({"id": f"{base}/zones/{key}#{policy.key}", "title": policy.title,
                            "text": " ".join(x for x in (policy.number, policy.issuer) if x),
                            "link": f"{base}/zones/{key}", "at": _midnight(day)})  # fmt: skip
    entries.sort(key=lambda e: e["at"], reverse=True)
    context = {"zone": found, "entries": entries, "base": base, "now": entries[0]["at"] if entries else clock.now()}
    response = render(request, "portal/feed.xml", context)
    response["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


@page("embed/search", audience={PUBLIC}, name="embed_search")
def embed(request: HttpRequest) -> HttpResponse:
    """A search box that any site may put into a frame; its answers open in a window of their own."""
    if request.method == "GET":
        keeping.count_use("embed", "search")
    response = render(request, "portal/embed.html", {})
    response["Content-Security-Policy"] = FRAMED
    response.may_be_framed = True  # type: ignore[attr-defined]  # read by ui.middleware
    return response


@page("entrances", audience={PUBLIC}, name="entrances")
def entrances(request: HttpRequest) -> HttpResponse:
    """The register of doors: which lead here, how often they were used, how many still stand alone (G-06)."""
    uses = guidance.entrance_uses()
    own = [e for e in guidance.entrances() if e.node == config().node_id]
    return render(
        request,
        "portal/entrances.html",
        {
            "rows": [(e, uses.get(e.code, 0)) for e in own],
            "separate": sum(e.state == "separate" for e in own),
            "base": config().base_url.rstrip("/"),
        },
    )


@page("e/<slug:code>", audience={PUBLIC}, name="entrance")
def entrance(request: HttpRequest, code: str) -> HttpResponse:
    """An old door: counted, and led on to the page that took its place."""
    found = next((e for e in guidance.entrances() if e.code == code and e.node == config().node_id), None)
    if found is None or found.state != "redirected":
        raise Refusal("request.not_found")
    if request.method == "GET":
        keeping.count_entrance(code)
    return HttpResponseRedirect(found.target)


@page("robots.txt", audience={PUBLIC}, name="robots")
def robots(request: HttpRequest) -> HttpResponse:
    closed = (
        "/desk",
        "/my",
        "/drafts",
        "/apply",
        "/sign-in",
        "/sign-out",
        "/teach",
        "/accesses",
        "/search",
        "/way",
        "/e/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Sitemap: {config().base_url.rstrip('/')}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@page("sitemap.xml", audience={PUBLIC}, name="sitemap")
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page that stands by itself."""
    base = config().base_url.rstrip("/")
    paths = [
        "/",
        *(reverse(name) for name in ("items", "life", "zones", "statistics", "help", "accessibility", "entrances")),
    ]
    paths += [reverse("zone", args=[z.key]) for z in zoning.all_zones()]
    paths += [reverse("item", args=[e.key]) for e in searching.all_entries()]
    response = render(request, "portal/sitemap.xml", {"addresses": [base + path for path in paths]})
    response["Content-Type"] = "application/xml; charset=utf-8"
    return response


def _zone(key: str) -> Zone:
    found = zoning.find_zone(key)
    if found is None:
        raise Refusal("request.not_found")
    return found


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(0), tzinfo=UTC)
