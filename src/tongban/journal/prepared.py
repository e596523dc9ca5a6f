"""A cursor for the few statements that every filing and every message runs.

Django's cursors put the values into the text, so the server plans each statement anew; for the wide statements of the
hot path that costs more than their work. This cursor sends text and values apart and lets the server keep the plan.
Values need a type the server can tell: cast what may be NULL.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

_USES_BEFORE_PREPARING: Final = 3


class _Cursor(psycopg.Cursor[Any]):
    """Bound by the server, prepared after a few uses on the same connection."""


def cursor() -> CursorWrapper:
    """To be used like Django's own: errors are translated, and what watches statements sees these too."""
    connection.ensure_connection()
    session: psycopg.Connection[Any] = connection.connection
    session.prepare_threshold = _USES_BEFORE_PREPARING  # has no effect on Django's cursors, which never prepare
    wrapped: CursorWrapper = connection._prepare_cursor(_Cursor(session))  # type: ignore[attr-defined]
    return wrapped
