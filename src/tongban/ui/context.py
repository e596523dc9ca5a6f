"""What every page shows around its content: the node's brand, who is signed in, language and reading aids."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.config import config
from tongban.kernel.numbers import mask_name

from .page import APPLICANT, CLERK, ITEM_MANAGER, OPERATOR, REVIEWER, SUPERVISOR, actor_of, audiences_of

UNDER: Final = {"desk_items": ("/desk/lists/",)}
"""Pages that stand under a link of the main navigation, besides those below its own address."""
DIRECTORY_NODE: Final = "00"


@dataclass(frozen=True, slots=True)
class Brand:
    """How this node calls and colors itself; data of its configuration (ui: themed per node)."""

    name: str
    app: str
    color: str

    @property
    def version(self) -> str:
        """Changes whenever the theme does: part of the address of the theme's style sheet."""
        return self.color.lstrip("#")


def brand() -> Brand:
    settings = config()
    return Brand(settings.brand_name, settings.brand_app, settings.brand_color)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the main navigation."""

    name: str
    label: str
    url: str
    current: bool


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all pages (``tongban.ui.context.chrome``)."""
    settings = config()
    actor = actor_of(request)
    audiences = audiences_of(actor)
    english = (get_language() or "").startswith("en")
    large = request.COOKIES.get("tongban_size") == "large"
    return {
        "brand": brand(),
        "node_id": settings.node_id,
        "node_name": settings.node_name,
        "is_zone": settings.node_id == DIRECTORY_NODE,
        "is_demo": settings.demo,
        "actor": actor,
        "actor_name": mask_name(actor.name) if actor else "",
        "is_applicant": APPLICANT in audiences,
        "is_clerk": CLERK in audiences,
        "is_staff": actor is not None and APPLICANT not in audiences,
        "nav": _nav(request, audiences),
        "page_language": "en" if english else "zh-CN",
        "english": english,
        "large": large,
        "contrast": request.COOKIES.get("tongban_contrast") == "high",
        "page_address": request.get_full_path(),
    }


def _nav(request: HttpRequest, audiences: frozenset[Any]) -> list[Link]:
    wanted = [("home", _("首页")), ("items", _("查事项")), ("zones", _("通办专区"))]
    if CLERK in audiences or REVIEWER in audiences:
        wanted.append(("desk", _("工作台")))
        if CLERK in audiences:
            wanted.append(("desk_intake", _("窗口收件")))
    if ITEM_MANAGER in audiences:
        wanted += [("desk_items", _("事项管理")), ("teach", _("教会搜索"))]
    if actor_of(request) is None or APPLICANT in audiences:
        wanted.append(("my", _("我的办件")))
    if SUPERVISOR in audiences:
        wanted.append(("statistics", _("进展和成效")))
    if OPERATOR in audiences or SUPERVISOR in audiences:
        wanted.append(("ops_exchange", _("跨省交换")))
    wanted.append(("help", _("帮助")))
    links = []
    for name, label in wanted:
        url = _url(name)
        if url is not None:
            under = (url.rstrip("/") + "/", *UNDER.get(name, ()))
            current = request.path == url or (url != "/" and f"{request.path}/".startswith(under))
            links.append(Link(name, label, url, current))
    best = max((link for link in links if link.current), key=lambda link: len(link.url), default=None)
    return [Link(x.name, x.label, x.url, x is best) for x in links]


@functools.lru_cache(maxsize=64)
def _url(name: str) -> str | None:
    """The address of a page, or None while the edge that has it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
