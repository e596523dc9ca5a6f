"""办事指南: one item, for the two places the visitor named."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from tongban.config import config
from tongban.guidance import contacts
from tongban.guidance.rules.reports import PARTS
from tongban.items import queries as items
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.portal import places, reaching, speaking, ways
from tongban.portal.pages.find import _chosen
from tongban.portal.rules import drawing
from tongban.portal.rules.roles import Roles
from tongban.ui.page import PUBLIC, page, render
from tongban.ui.problems import is_english
from tongban.ui.regions import region_picker


@page("items/<str:key>", audience={PUBLIC}, name="item")
def item(request: HttpRequest, key: str) -> HttpResponse:
    entry = items.entry(key)
    if entry is None:
        raise Refusal("request.not_found")
    here = _chosen(request, "here") or places.home_region()
    there = _chosen(request, "there")
    there_place = places.place(there)
    version, parts = ways.versioned(key, here, there, turned="turned" in request.GET)
    guide = version.guide if version and version.guide else items.guide(key)
    with speaking.in_language(request):
        return render(
            request,
            "portal/item.html",
            {
                "entry": entry,
                "version": version,
                "guide": guide,
                "anchor": organizations.anchor_place(version.anchor_kind) if version else None,
                "releasing": organizations.anchor_place(version.releasing_kind) if version else None,
                "roles": parts,
                "steps": (steps := drawing.steps_of(version, guide, english=is_english())),
                "general": () if steps else drawing.general_steps(entry.modes, english=is_english()),
                "situations": _situations(version),
                "limits": _limits(version, guide),
                "here": places.place(here),
                "there": there_place,
                "here_picker": region_picker("here", here),
                "there_picker": region_picker("there", there),
                "windows": places.windows_at(here),
                "measured": ways.measured(key, places.place(parts.deciding) if there else None),
                "reach": reaching.reach_of(entry, places.place(here), there_place),
                "parts": PARTS,
                "reported": "reported" in request.GET,
                "here_authority": _unit(version, here),
                "here_contact": _contact(key, places.place(here)),
                "there_contact": _contact(key, there_place),
                "narrow": items.too_wide(version, parts.deciding)
                if version and there and parts.kind != "here"
                else None,
                "may_file": bool(version and version.filable) and not config().is_directory,
                "kept": urlencode({**_named(here, there, parts), **speaking.kept(request)}),
                "twins": [twin for twin in (items.entry(t.key) for t in entry.twins) if twin],
                "authority": _deciding_unit(version, there) if parts.kind == "there" else _unit(version, there),
                **speaking.offer(request, entry, version, guide),
            },
        )


def _named(here: str, there: str, parts: Roles) -> dict[str, str]:
    named = {"here": here, "there": there, "turned": "1" if parts.turned else ""}
    return {name: value for name, value in named.items() if value}


def _deciding_unit(version: Any, there: str) -> Any:
    """The unit that would decide, if the place is narrow enough to say so."""
    if version is None or not there:
        return None
    competence = items.resolve(version, there, places.today())
    return None if isinstance(competence, Refusal) else organizations.authority(competence.authority_code)


def _situations(version: Any) -> list[dict[str, Any]]:
    """Each situation with the papers that apply in it."""
    if version is None:
        return []
    return [
        {"situation": one, "materials": [m for m in version.materials if not one.materials or m.key in one.materials]}
        for one in version.situations
    ]


def _limits(version: Any, guide: Any) -> dict[str, str]:
    """statutory and promised → words; "" while not known."""
    return {
        name: drawing.limit_words(
            getattr(version, f"{name}_days", None), (guide or {}).get(name) or {}, english=is_english()
        )
        for name in ("statutory", "promised")
    }


def _contact(key: str, where: Any) -> Any:
    return contacts.at_place(key, where.code, where.node) if where else None


def _unit(version: Any, here: str) -> Any:
    """The unit of the same department where the person is: whom to ask nearby."""
    where = places.place(here)
    if version is None or where is None or where.node is None:
        return None
    for region in reversed(organizations.chain(where.code)):
        found = organizations.authorities(region.code, version.department)
        if found:
            return found[0]
    return None
