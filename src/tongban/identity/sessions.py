"""The signed-in session of a browser: kept in the database, named per node, renewed at every sign-in.

Cookie flags stand in the settings: HttpOnly, SameSite=Lax, Secure wherever the node has an https address, and a name
per node, because the demo's nodes share one host and browsers keep cookies by host, not by port.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from tongban.kernel.people import Actor

from .queries import find_actor

LONGEST: Final = timedelta(hours=12)
"""A session ends this long after the sign-in, however busy it was."""
_KEY: Final = "person"


def begin(request: HttpRequest, actor: Actor, at: datetime) -> None:
    """Bind the browser's session to the actor, under a new session key and a new form token (no session fixation).

    What an anonymous visitor chose (large print, language) is kept; another person's session is thrown away whole.
    """
    session: SessionBase = request.session
    held = session.get(_KEY)
    if held is not None and (held["issuer"], held["subject"]) != (actor.issuer, actor.subject):
        session.flush()
    session.cycle_key()
    session[_KEY] = {"issuer": actor.issuer, "subject": actor.subject, "level": actor.level, "since": at.isoformat()}
    session.set_expiry(int(LONGEST.total_seconds()))
    rotate_token(request)
    request.actor = actor  # type: ignore[attr-defined]


def end(request: HttpRequest) -> None:
    """Throw the session away, its row too, and renew the form token."""
    request.session.flush()
    rotate_token(request)
    request.actor = None  # type: ignore[attr-defined]


def actor_in(session: SessionBase, at: datetime) -> Actor | None:
    """Who the session belongs to, with today's posts; None if nobody, if too old, or for staff without a post."""
    held = session.get(_KEY)
    if held is None or at - datetime.fromisoformat(held["since"]) >= LONGEST:
        return None
    actor = find_actor(held["issuer"], held["subject"], level=held["level"])
    if actor is not None and actor.kind == "staff" and not actor.posts:
        return None
    return actor
