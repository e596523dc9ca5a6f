"""Comparing: how uniform the catalog is by place, element and item, and any two places side by side."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from tongban.config import config
from tongban.desk.item_values import title
from tongban.directory import queries as directory
from tongban.items import comparing
from tongban.items.rules.uniformity import DEFAULT_PROFILE, PROFILES
from tongban.kernel.problems import Refusal
from tongban.ui.page import ITEM_MANAGER, page, render

from .items_managing import lines

PROFILE_NAMES: Final = {
    "four_same": gettext_lazy("四级四同"), "ten_same": gettext_lazy("四级十同"),
    "ten_elements": gettext_lazy("十个要素"),
}  # fmt: skip


@page("desk/items/compare", audience={ITEM_MANAGER}, name="desk_compare")
def compare(request: HttpRequest) -> HttpResponse:
    """``a`` and ``b``: two places (00: the base items); with ``code`` one item element by element, what differs first;
    ``code`` alone: every place that has it, against the base item."""
    asked = request.GET.get("profile", "")
    profile = next((name for name in PROFILES if name == asked), DEFAULT_PROFILE)
    sides = (comparing.BASE, *comparing.owners())
    one, other = (request.GET.get(name, "") for name in ("a", "b"))
    code = request.GET.get("code", "")[:40]
    context: dict[str, Any] = {
        "profile": profile, "profiles": PROFILE_NAMES.items(), "rates": comparing.uniformity(profile),
        "sides": [(side, name_of(side)) for side in sides], "a": one, "b": other, "code": code,
        "other_side": other or (config().node_id if config().node_id in sides[1:] else sides[-1]),
    }  # fmt: skip
    rates = context["rates"]
    context["places"] = [(owner, name_of(owner), rate) for owner, rate in rates.by_place.items()]
    context["elements"] = [(title(path), rate) for path, rate in rates.by_element.items() if rate.known]
    if one in sides and other in sides and one != other:
        context |= {"a_name": name_of(one), "b_name": name_of(other)}
        if code:
            compared = comparing.side_by_side(one, other, code)
            if compared is None:
                raise Refusal("request.not_found")
            context |= {"compared": lines(compared), "differs": sum(c.state != "same" for c in compared)}
            context["name"] = comparing.name_of(code)
        else:
            context["pairs"], context["next"] = comparing.pairs(one, other, request.GET.get("after", "")[:40])
    elif code:
        context["item_places"] = [
            (side, name_of(side), drifted) for side, drifted in comparing.against_base(code, profile)
        ]
        context["name"] = comparing.name_of(code)
    return render(request, "desk/compare.html", context)


def name_of(side: str) -> str:
    return str(gettext_lazy("国家基本目录")) if side == comparing.BASE else directory.node_name(side)
