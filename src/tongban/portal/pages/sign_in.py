"""Signing in and out. In the demo: choose an invented person; elsewhere the installed identity provider asks."""

from __future__ import annotations

from itertools import groupby

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.config import config
from tongban.identity import actions, providers, sessions
from tongban.identity.ports import Choice, SignIn
from tongban.identity.rules.returning import safe_next
from tongban.journal import clock
from tongban.kernel.people import Act, Actor, system
from tongban.kernel.problems import Refusal
from tongban.ui import kept
from tongban.ui.page import (
    APPLICANT,
    CLERK,
    ITEM_MANAGER,
    OPERATOR,
    PUBLIC,
    REVIEWER,
    SUPERVISOR,
    act,
    actor_of,
    audiences_of,
    page,
    render,
)

log = structlog.get_logger(__name__)

GROUPS = {
    "applicant": gettext_lazy("申请人"),
    "clerk": gettext_lazy("窗口收件人员"),
    "reviewer": gettext_lazy("审批人员"),
    "item_manager": gettext_lazy("事项管理人员"),
    "supervisor": gettext_lazy("监测督办人员"),
    "operator": gettext_lazy("运维人员"),
}
FAULTS = {
    "ticket_expired": gettext_lazy("本页停留时间较长，已为您更新，请再选择一次。"),
    "ticket_used": gettext_lazy("这次登录已经用过，已为您更新，请再选择一次。"),
    "unknown_person": gettext_lazy("请从下面列出的人员中选择。"),
    "not_staff_here": gettext_lazy("该工作人员不属于本地区，请到其所在地区登录。"),
    "no_post": gettext_lazy("该工作人员目前没有岗位，请联系本单位管理员。"),
}

STARTS = (
    (CLERK, "desk"), (REVIEWER, "desk"), (ITEM_MANAGER, "desk_items"), (OPERATOR, "ops_exchange"),
    (SUPERVISOR, "statistics"), (APPLICANT, "my"),
)  # fmt: skip
"""Where each begins after signing in, unless another page was asked for."""


@page("sign-in", audience={PUBLIC}, name="sign_in", writes=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET shows who can be chosen; POST signs in and returns to ``next``, a path of this site."""
    provider = providers.current()
    asked = request.POST.get("next") or request.GET.get("next")
    if provider is None:
        return render(request, "portal/sign_in.html", {"groups": [], "closed": True}, status=503)
    if request.method != "POST":
        return _choose(request, provider, asked)
    at = clock.now()
    try:
        identity = provider.authenticate({key: str(value) for key, value in request.POST.items()}, at)
        actor = actions.sign_in(Act(system(config().node_id), at), identity)
    except Refusal as refusal:
        if refusal.code != "request.unauthenticated":
            raise
        reason = str(refusal.params.get("reason", ""))
        signed_in = actor_of(request)
        if reason == "ticket_used" and signed_in and signed_in.subject == request.POST.get("person"):
            return _onwards(signed_in, asked)  # the second click of a double click
        log.info("portal.sign_in_refused", reason=reason)
        return _choose(request, provider, asked, fault=reason, status=refusal.problem.status)
    sessions.begin(request, actor, at)
    return _onwards(actor, asked)


@page("sign-out", audience={PUBLIC}, name="sign_out", writes=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """POST ends the session. GET asks, so that a link from elsewhere signs nobody out."""
    if request.method != "POST":
        return render(request, "portal/sign_out.html")
    if actor_of(request) is not None:
        actions.sign_out(act(request))
    sessions.end(request)
    return _see(reverse("home"))


def _choose(
    request: HttpRequest, provider: SignIn, asked: str | None, *, fault: str = "", status: int = 200
) -> HttpResponse:
    choices: tuple[Choice, ...] = provider.choices()
    context = {
        "groups": [
            (GROUPS.get(group, group), list(members)) for group, members in groupby(choices, key=lambda c: c.group)
        ],
        "ticket": provider.new_ticket(clock.now()),
        "next": safe_next(asked),
        "kept": kept.waiting(request),
        "fault": FAULTS.get(fault, _("没有登录成功，请再试一次。")) if fault or status != 200 else "",
    }
    response = render(request, "portal/sign_in.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _onwards(actor: Actor, asked: str | None) -> HttpResponse:
    target = safe_next(asked)
    audiences = audiences_of(actor)
    if target == "/":
        target = next((_address(name) for audience, name in STARTS if audience in audiences), "/")
    return _see(target)


def _address(name: str) -> str:
    """The page's address, or the home page where the edge that has it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"


def _see(target: str) -> HttpResponse:
    """303: the browser follows with GET."""
    response = HttpResponseRedirect(target)
    response.status_code = 303
    return response
