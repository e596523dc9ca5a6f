"""Sign a test client in as one of the demo's people, without walking through the sign-in page."""

from __future__ import annotations

from http.cookies import SimpleCookie
from importlib import import_module
from typing import Protocol

from django.conf import settings

from tongban.config import config
from tongban.identity.demo_people import ISSUER
from tongban.identity.loading import load_demo
from tongban.identity.queries import find_actor
from tongban.journal import clock
from tongban.kernel.people import Actor


class HasCookies(Protocol):
    cookies: SimpleCookie


def signed_in_as(client: HasCookies, subject: str) -> Actor:
    """Give ``client`` the session of ``subject`` (e.g. ``"li-mei"``) at this node; loads the demo people if needed."""
    actor = find_actor(ISSUER, subject)
    if actor is None:
        load_demo(config().node_id)
        actor = find_actor(ISSUER, subject)
    assert actor is not None, f"{subject} is nobody at node {config().node_id}"
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["person"] = {
        "issuer": actor.issuer, "subject": actor.subject, "level": actor.level, "since": clock.now().isoformat(),
    }  # fmt: skip
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return actor
