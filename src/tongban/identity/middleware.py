"""Puts ``request.actor`` (an :class:`~tongban.kernel.people.Actor` or None) on every request of the site."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tongban.journal import clock

from . import sessions


class ActorMiddleware:
    """After the session middleware. Without a session cookie it asks the database nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        request.actor = sessions.actor_in(request.session, clock.now()) if has_session else None  # type: ignore[attr-defined]
        return self.get_response(request)
