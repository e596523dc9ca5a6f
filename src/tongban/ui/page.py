"""The page decorator: every route declares its audience, whether it writes, and how a refusal looks.

``@page("apply/<uuid:filing_id>/", audience={APPLICANT}, name="apply", writes=True)`` registers the view in
:data:`ROUTES`; ``urls.py`` and the tests of consistency read nothing else. The decorator

* sends visitors without a session to ``/sign-in?next=…`` and answers 403 to people of another role,
* renders a :class:`~tongban.kernel.problems.Refusal` that the view let through as a page with its status,
* holds a page with ``writes=False`` to reading: a statement that changes a business table raises ``WroteOnReadPage``
  (access records, decision 15, the session and the counts of guidance are exempt), and only GET and HEAD are answered.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as django_render
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_protect

from tongban.items.store import one_look
from tongban.kernel.people import Act, Actor, ActorKind, Role
from tongban.kernel.problems import Refusal

from . import kept


class Audience(StrEnum):
    """Who a page is for."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    ITEM_MANAGER = "item_manager"
    SUPERVISOR = "supervisor"


PUBLIC: Final = Audience.PUBLIC
APPLICANT: Final = Audience.APPLICANT
CLERK: Final = Audience.CLERK
REVIEWER: Final = Audience.REVIEWER
OPERATOR: Final = Audience.OPERATOR
ITEM_MANAGER: Final = Audience.ITEM_MANAGER
SUPERVISOR: Final = Audience.SUPERVISOR

_OF_ROLE: Final = (
    (Role.CLERK, CLERK), (Role.REVIEWER, REVIEWER), (Role.OPERATOR, OPERATOR), (Role.ITEM_MANAGER, ITEM_MANAGER),
    (Role.SUPERVISOR, SUPERVISOR),
)  # fmt: skip

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Route:
    """One page: its address, who it is for, whether it may change anything, which module wrote it."""

    pattern: str
    name: str
    audience: frozenset[Audience]
    writes: bool
    methods: tuple[str, ...]
    module: str
    view: View


ROUTES: Final[dict[str, Route]] = {}


class WroteOnReadPage(AssertionError):
    """A page that promised to read tried to change a row: a defect of the page, never of the visitor."""


def page(
    pattern: str, *, audience: Collection[Audience], name: str, writes: bool = False, keeps: bool = False
) -> Callable[[View], View]:
    """Register a view under ``pattern`` (Django's path syntax, relative to the root of the site).

    ``keeps``: what is sent here without a session waits for the sign-in (``ui.kept``); for forms about one filing.
    """
    if not audience:
        raise ValueError(f"page {name!r} names no audience")
    if name in ROUTES:
        raise ValueError(f"two pages are called {name!r}")
    methods = ("GET", "HEAD", "POST") if writes else ("GET", "HEAD")
    allowed = frozenset(audience)

    def register(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return refusal_page(request, Refusal("request.method_not_allowed"), allow=methods)
            stopped = _stopped_at_the_door(request, allowed)
            if stopped is not None:
                if keeps and request.method == "POST" and actor_of(request) is None:
                    kept.keep(request)
                return stopped
            if keeps and request.method == "POST":
                kept.drop(request)
            try:
                with nullcontext() if writes else reading_only(), nullcontext() if writes else one_look():
                    response = view(request, *args, **kwargs)
            except Refusal as refusal:
                response = refusal_page(request, refusal)
            if allowed != {PUBLIC}:
                patch_cache_control(response, private=True, no_store=True)
            return response

        protected: View = csrf_protect(wrapped)
        ROUTES[name] = Route(pattern, name, allowed, writes, methods, view.__module__, protected)
        return protected

    return register


def urlpatterns(modules: Iterable[str] = ()) -> list[URLPattern]:
    """Django's patterns for all registered pages; ``modules`` limits them to packages of these names."""
    prefixes = tuple(modules)
    return [
        path(route.pattern, route.view, name=route.name)
        for route in ROUTES.values()
        if not prefixes or route.module.startswith(prefixes)
    ]


def audiences_of(actor: Actor | None) -> frozenset[Audience]:
    """The audiences somebody belongs to. Everybody belongs to ``PUBLIC``."""
    found = {PUBLIC}
    if actor is None:
        return frozenset(found)
    if actor.kind == ActorKind.APPLICANT:
        found.add(APPLICANT)
    for role, audience in _OF_ROLE:
        if actor.holds(role):
            found.add(audience)
    return frozenset(found)


def actor_of(request: HttpRequest) -> Actor | None:
    """Who is signed in, put there by ``identity.middleware.ActorMiddleware``."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor


def act(request: HttpRequest) -> Act:
    """The act this request is: its actor and the present instant. Refuses a visitor who has not signed in."""
    from tongban.journal import clock

    actor = actor_of(request)
    if actor is None:
        raise Refusal("request.unauthenticated")
    existing: Act | None = getattr(request, "act", None)
    if existing is None:
        existing = Act(actor, clock.now())
        request.act = existing  # type: ignore[attr-defined]
    return existing


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page. Whether htmx asked makes no difference: htmx picks its part out of the same page."""
    response = django_render(request, template, context or {}, status=status)
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response


def go(name: str, *args: Any, **query: Any) -> HttpResponseRedirect:
    """Redirect (303 in effect: the browser follows with GET) to a named page."""
    target = reverse(name, args=args)
    if query:
        target += "?" + urlencode(query, doseq=True)
    response = HttpResponseRedirect(target)
    response.status_code = 303
    return response


def refusal_page(
    request: HttpRequest, refusal: Refusal, *, allow: Iterable[str] = (), whose: str = ""
) -> HttpResponse:
    """A refusal as a page of its own, for the cases where no form is there to show it beside. ``whose`` page it is, of
    ``applicants`` or of ``staff``, stands in place of the remedy where somebody came to the others' page."""
    from .problems import problem_text

    problem = refusal.problem
    status = problem.status
    context = {"problem": problem_text(refusal), "status": status, "whose": whose}
    response = render(request, "ui/problem.html", context, status=status)
    if allow:
        response["Allow"] = ", ".join(allow)
    return response


def _stopped_at_the_door(request: HttpRequest, allowed: frozenset[Audience]) -> HttpResponse | None:
    actor = actor_of(request)
    if allowed & audiences_of(actor):
        return None
    if actor is None:
        return HttpResponseRedirect("/sign-in?" + urlencode({"next": request.get_full_path()}))
    whose = "staff" if APPLICANT in audiences_of(actor) else ""
    if allowed == {APPLICANT}:
        whose = "applicants"
    return refusal_page(request, Refusal("permission.denied"), whose=whose)


_CHANGES: Final = re.compile(
    r"\b(?:insert\s+into|update(?!\s+(?:skip|nowait|of|set)\b)|delete\s+from|merge\s+into|truncate)\s+\"?([a-z_]+)\"?",
    re.IGNORECASE,
)
_MAY_CHANGE: Final = re.compile(r"^(identity_access\w*|django_session|guidance_(miss|entranceuse|use))$")


def reading_only() -> AbstractContextManager[Any]:
    """While it is open, the database connection of this thread refuses to change business tables."""

    def guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else str(sql)
        for table in _CHANGES.findall(text):
            if not _MAY_CHANGE.match(table.lower()):
                raise WroteOnReadPage(f"a page with writes=False changed {table}")
        return execute(sql, params, many, context)

    return connection.execute_wrapper(guard)
