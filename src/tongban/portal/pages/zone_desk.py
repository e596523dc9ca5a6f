"""Zones and contacts, looked after by item managers: what is shown first, whom to call (R-136, R-139, R-122)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.guidance import actions as guiding
from tongban.guidance import contacts, zones
from tongban.guidance import queries as guidance
from tongban.guidance.queries import Zone
from tongban.guidance.rules.zone_content import MOST_FEATURED
from tongban.items import queries as items
from tongban.items import search as searching
from tongban.kernel.problems import Refusal
from tongban.portal import places, zoning
from tongban.ui.page import ITEM_MANAGER, act, go, page, render
from tongban.ui.problems import fault_text, problem_text
from tongban.ui.regions import full_name, region_picker
from tongban.ui.schema_form import region_posted

CONTACT_TITLES = {
    "region": gettext_lazy("地区"), "unit": gettext_lazy("单位"), "phone": gettext_lazy("电话"),
    "hours": gettext_lazy("接听时间"),
}  # fmt: skip
POLICY_TITLES = {
    "title": gettext_lazy("名称"), "issuer": gettext_lazy("发文机关"), "published_on": gettext_lazy("发布日期"),
}  # fmt: skip
SPARE_LINES = 2
"""Empty lines for further policies; more come after saving."""


@page("teach/zones", audience={ITEM_MANAGER}, name="teach_zones")
def zones_kept(request: HttpRequest) -> HttpResponse:
    """The zones this node looks after, with what waits and how often they were used."""
    uses = guidance.uses()
    rows = [
        {
            "zone": zone, "edition": zones.in_force(zone.key), "open": zones.open_edition(zone.key),
            "pages": uses.get(("zone", zone.key), 0), "feeds": uses.get(("feed", zone.key), 0),
        }
        for zone in zoning.all_zones() if zoning.kept_here(zone)
    ]  # fmt: skip
    doors = guidance.entrance_uses()
    return render(
        request,
        "portal/teach_zones.html",
        {"rows": rows, "embeds": uses.get(("embed", "search"), 0), "doors": sum(doors.values())},
    )


@page("teach/zones/<slug:key>", audience={ITEM_MANAGER}, name="teach_zone", writes=True)
def zone_content(request: HttpRequest, key: str) -> HttpResponse:
    """One zone: the edition in force to start from; an edition that waits is put up or given back by another person."""
    zone = zoning.find_zone(key)
    if zone is None or not zoning.kept_here(zone):
        raise Refusal("request.not_found")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _step(request, zone)
        except Refusal as refused:
            refusal = refused
        else:
            return go("teach_zone", key)
    waiting, actor = zones.open_edition(key), act(request).actor
    featured, policies = _typed(request) if refusal and "submit" in request.POST else _start(zone, waiting)
    return render(
        request,
        "portal/teach_zone.html",
        {
            "zone": zone,
            "waiting": waiting,
            "mine": bool(waiting and waiting.author == actor.ref),
            "waiting_entries": [e for e in (items.entry(k) for k in waiting.featured) if e] if waiting else [],
            "entries": searching.all_entries(),
            "featured": [*featured, *[""] * min(SPARE_LINES, max(MOST_FEATURED - len(featured), 0))],
            "lines": [*_lines(policies, refusal), *[{} for _spare in range(SPARE_LINES)]],
            "log": zones.log(key),
            "problem": problem_text(refusal) if refusal else None,
            "faults": refusal.fields if refusal else {},
        },
        status=refusal.problem.status if refusal else 200,
    )


@page("teach/contacts", audience={ITEM_MANAGER}, name="teach_contacts", writes=True)
def contact_book(request: HttpRequest) -> HttpResponse:
    """Whom to call about an item at a place; those longest unconfirmed first."""
    refusal: Refusal | None = None
    faults: dict[str, str] = {}
    region = region_posted("region", request.POST)
    if request.method == "POST" and "reload" not in request.POST:
        try:
            _contact_step(request, region)
        except Refusal as refused:
            refusal, faults = refused, {n: code for n, code in refused.fields.items() if n in CONTACT_TITLES}
        else:
            return go("teach_contacts")
    return render(
        request,
        "portal/teach_contacts.html",
        {
            "rows": [(o, items.entry(o.contact.entry), full_name(o.contact.region)) for o in contacts.own()],
            "entries": searching.all_entries(),
            "typed": {name: request.POST.get(name, "") for name in ("entry", "unit", "phone", "hours")},
            "picker": region_picker("region", region or places.home_region()),
            "problem": problem_text(refusal) if refusal else None,
            "beside": {name: fault_text(code, str(CONTACT_TITLES[name])) for name, code in faults.items()},
        },
        status=refusal.problem.status if refusal else 200,
    )


def _step(request: HttpRequest, zone: Zone) -> None:
    if "publish" in request.POST:
        guiding.publish_content(act(request), _uuid(request.POST["publish"]), seen=_seen(request))
        messages.success(request, _("已发布。"))
    elif "return" in request.POST:
        note = request.POST.get("note", "")
        guiding.return_content(act(request), _uuid(request.POST["return"]), note=note, seen=_seen(request))
        messages.success(request, _("已退回。"))
    else:
        featured, policies = _typed(request)
        guiding.submit_content(act(request), zone.key, featured, policies)
        messages.success(request, _("已交第二人审核。"))


def _contact_step(request: HttpRequest, region: str) -> None:
    if "confirm" in request.POST:
        guiding.confirm_contact(act(request), _uuid(request.POST["confirm"]))
        messages.success(request, _("已记为今天核对。"))
    elif "remove" in request.POST:
        guiding.remove_contact(act(request), _uuid(request.POST["remove"]))
        messages.success(request, _("已撤下。"))
    else:
        unit, phone, hours = (request.POST.get(name, "") for name in ("unit", "phone", "hours"))
        guiding.record_contact(act(request), request.POST.get("entry", ""), region, unit=unit, phone=phone, hours=hours)
        messages.success(request, _("已登记。"))


def _start(zone: Zone, waiting: zones.Edition | None) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """What the form begins with: an edition that was given back, else what is shown now."""
    featured, policies = zones.content_of(zone)
    if waiting is not None and waiting.state == "returned":
        featured, policies = waiting.featured, waiting.policies
    return featured, [
        {
            "title": p.title, "number": p.number, "issuer": p.issuer,
            "published_on": day.isoformat() if (day := p.published_on or p.issued_on) else "",
        }
        for p in policies
    ]  # fmt: skip


def _typed(request: HttpRequest) -> tuple[list[str], list[dict[str, str]]]:
    """What was sent; lines without a title and an issuer are left out."""
    names = ("title", "number", "issuer", "published_on")
    columns = [request.POST.getlist(name) for name in names]
    lines: list[dict[str, Any]] = [dict(zip(names, line, strict=True)) for line in zip(*columns, strict=False)]
    featured = [key for key in request.POST.getlist("featured") if key]
    return featured, [line for line in lines if line["title"].strip() or line["issuer"].strip()]


def _lines(policies: list[dict[str, str]], refusal: Refusal | None) -> list[dict[str, Any]]:
    """Policies with what is wrong beside each field (``policy.<number>.<field>``)."""
    faults = refusal.fields if refusal else {}
    return [
        {
            **line,
            "faults": {
                name: fault_text(code, str(title))
                for name, title in POLICY_TITLES.items()
                if (code := faults.get(f"policy.{number}.{name}"))
            },
        }
        for number, line in enumerate(policies)
    ]


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    if not text.isdecimal():
        raise Refusal("request.malformed")
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("request.not_found") from None
