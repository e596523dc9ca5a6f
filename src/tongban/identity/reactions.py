"""Duties that return: sessions that have ended are thrown away."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

SECONDS = 3_600


def clear_ended_sessions() -> None:
    """Delete the rows of sessions past their end; they open nothing already."""
    SessionStore.clear_expired()


PERIODIC = {"identity.clear_ended_sessions": (SECONDS, clear_ended_sessions)}
