"""What a person follows, and what is new there (R-137)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongban.guidance import actions as guiding
from tongban.guidance import follows
from tongban.items import queries as items
from tongban.kernel.problems import Refusal
from tongban.organizations import queries as organizations
from tongban.portal import places
from tongban.ui.page import APPLICANT, act, go, page, render
from tongban.ui.regions import region_picker
from tongban.ui.schema_form import region_posted


@page("following", audience={APPLICANT}, name="following", writes=True)
def following(request: HttpRequest) -> HttpResponse:
    """The list with its news; each line says why it is there and ends with one press."""
    chosen = region_posted("region", request.POST)
    if request.method == "POST" and "reload" not in request.POST:
        return _changed(request, chosen)
    actor = act(request).actor
    mine = follows.followings(actor)
    names = {entry.node: entry.name for entry in places.joined()}
    news = [(one, items.entry(one.entry_key), names.get(one.node, one.node), _because(one)) for one in
            follows.news_for(actor)]  # fmt: skip
    return render(
        request,
        "portal/following.html",
        {
            "mine": [(one, _named(one)) for one in mine],
            "news": [row for row in news if row[1] is not None],
            "picker": region_picker("region", chosen, deepest=1),
        },
    )


def _changed(request: HttpRequest, region: str) -> HttpResponse:
    if "remove" in request.POST:
        guiding.unfollow(act(request), _uuid(request.POST["remove"]))
        messages.success(request, _("已取消关注。"))
    elif item := request.POST.get("item", ""):
        guiding.follow(act(request), "item", item)
        messages.success(request, _("已关注。有新开通的会显示在“我的办件”里。"))
    elif region:
        guiding.follow(act(request), "region", region)
        messages.success(request, _("已关注。有新开通的会显示在“我的办件”里。"))
    return go("following")


def _because(one: follows.News) -> list[object]:
    return [_named(each) for each in one.because]


def _named(one: follows.Following) -> object:
    return items.entry(one.key) if one.kind == "item" else organizations.region(one.key)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("request.not_found") from None
